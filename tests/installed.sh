#!/usr/bin/env bash
# What a user has who installs the package: packs it, publishes it to a folder, installs it from there, and uses it, with an empty HOME, an empty
# environment, no .NET to be found, and the installed module read-only. ONIONSHARE_PWSH names the PowerShell (default: out/pwsh/pwsh).
# Ends with one line «N passed, N failed».
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
shell=${ONIONSHARE_PWSH:-$PWD/out/pwsh/pwsh}
root=$(mktemp -d)
network=
finish() {
  [ -z "$network" ] || { kill "$network" 2>/dev/null; wait "$network" 2>/dev/null; }
  chmod -R u+w "$root"
  rm -rf "$root"
}
trap finish EXIT
fail() { echo "- $*"; echo "0 passed, 1 failed"; exit 1; }

[ -x "$shell" ] || fail "There is no PowerShell at $shell."
./pack.sh --no-build >"$root/pack.txt" 2>&1 || { cat "$root/pack.txt"; fail "The package could not be made."; }
cat "$root/pack.txt"
home="$root/a home ☂"
mkdir -p "$home" "$root/empty" "$root/gallery"
package=$(ls "$PWD"/out/OnionShare.*.nupkg)
# No PATH worth the name: nothing can be run that is not named.
run() { env -i HOME="$home" PATH="$root/empty" LANG=tr_TR.UTF-8 TMPDIR="$root" POWERSHELL_TELEMETRY_OPTOUT=1 NO_COLOR=1 "$@"; }

# PSResourceGet writes its settings into the current folder where a home has none yet.
cd "$root" && run "$shell" -NoProfile -NonInteractive -Command "
  \$ErrorActionPreference = 'Stop'; \$ProgressPreference = 'SilentlyContinue'
  Register-PSResourceRepository -Name here -Uri '$root/gallery' -Trusted
  Publish-PSResource -NupkgPath '$package' -Repository here
  Install-PSResource -Name OnionShare -Repository here -Prerelease" >"$root/install.txt" 2>&1 || { cat "$root/install.txt"; fail "It could not be installed."; }
cd "$OLDPWD" || exit 1
module=$(dirname "$(find "$home" -name OnionShare.psd1)")
case $module in "$home"*) ;; *) fail "Nothing was installed below $home." ;; esac
chmod -R a-wx,a+rX "$module"

tor=$(command -v tor || true)
if [ -n "$tor" ] && command -v tor-gencert >/dev/null; then
  dotnet tests/OnionShare.TorNetwork/bin/Release/net10.0/OnionShare.TorNetwork.dll --client --seconds 900 >"$root/network.txt" 2>"$root/network.log" &
  network=$!
  for _ in $(seq 600); do
    [ "$(wc -l <"$root/network.txt")" -lt 2 ] && kill -0 "$network" 2>/dev/null || break
    sleep 0.2
  done
  [ "$(wc -l <"$root/network.txt")" -ge 2 ] || { cat "$root/network.log"; fail "The private Tor network did not come up."; }
else
  echo "skipped: no tor with tor-gencert, so no share over Tor."
fi
# A key to encrypt to.
key=
if command -v gpg >/dev/null; then
  export GNUPGHOME=$root/gnupg
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch -q --passphrase '' --quick-gen-key alice@example.org future-default default never 2>/dev/null
  gpg --batch -q --armor --export alice@example.org >"$root/alice.asc"
  gpgconf --kill all
  key=$root/alice.asc
else
  echo "skipped: no gpg, so nothing is encrypted."
fi
run KEY="$key" CURL="$(command -v curl)" TOR="$tor" NETWORK="$root/network.txt" ROOT="$root" MODULE="$module" \
  "$shell" -NoProfile -NonInteractive -File tests/installed.ps1 2>&1 | tee "$root/result.txt"
passed=$(grep -c '^+ ' "$root/result.txt") failed=$(grep -c '^- ' "$root/result.txt")
# A run that broke off must not pass unseen.
grep -q '^done$' "$root/result.txt" || failed=$((failed + 1))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
