#!/usr/bin/env bash
# Runs the Windows build of module and engine under Wine, as a user of Windows would: a PowerShell for Windows loads the module, whose cmdlets start
# the engine on that PowerShell's .NET; visitors are curl on Linux. Needs the solution built (the module is filled then) and wine (Debian: wine64).
# What Wine can't show is in docs/platforms.md. Last line: «N passed, N failed, N skipped». Arguments are names of checks, when not all are wanted.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd) root=$(cd "$(dirname "$0")/../.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 POWERSHELL_TELEMETRY_OPTOUT=1
passed=0 failed=0 skipped=0

leave() { echo "$passed passed, $failed failed, $skipped skipped"; [ "$failed" = 0 ]; exit; }
skip_all() {
  echo "skipped: no Windows build was run: $1"
  case ",${ONIONSHARE_REQUIRE:-}," in *,wine,*) failed=1 ;; *) skipped=1 ;; esac
  leave
}

wine=$(command -v wine64 || command -v wine || { [ -x /usr/lib/wine/wine64 ] && echo /usr/lib/wine/wine64; }) || skip_all "there is no wine (apt install wine64)."
server=$(command -v wineserver || { [ -x /usr/lib/wine/wineserver64 ] && echo /usr/lib/wine/wineserver64; }) || skip_all "there is no wineserver."
for tool in curl python3; do command -v $tool >/dev/null || skip_all "there is no $tool."; done

work=$(mktemp -d)
# The name of the state folder is the only one of our variables that Windows programs are to find.
for variable in $(compgen -e | grep '^ONIONSHARE_'); do [ "$variable" = ONIONSHARE_REQUIRE ] || unset "$variable"; done
# Wine 8 lacks a part of what .NET maps code that it makes with: «Internal CLR error» in DestroyScout.Finalize at the first garbage collection.
export WINEPREFIX=$work/prefix WINEDEBUG=-all DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0 ONIONSHARE_HOME='C:\state'
network=''
clean_up() {
  [ ! -s "$work/tor.pid" ] || kill "$(cat "$work/tor.pid")" 2>/dev/null
  [ -z "$network" ] || { kill "$network" 2>/dev/null; wait "$network" 2>/dev/null; }
  timeout 30 "$server" -k 2>/dev/null
  timeout 30 "$server" -w 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

timeout 600 dotnet publish "$here/Host" -c Release --nologo -v quiet >"$work/publish.log" 2>&1 ||
  { grep -E 'error' "$work/publish.log" | sort -u | head -5; skip_all "PowerShell for win-x64 could not be built (its packages are not in the package sources?)."; }
module=$work/OnionShare
cp -r "$root/module" "$module"
[ -e "$module/engine/OnionShare.Host.dll" ] || skip_all "the module is not built: dotnet build OnionShare.PowerShell.sln -c Release."
# What the package has for win-x64; the build filled the module for this machine only.
mkdir -p "$module/engine/win-x64" && cp "$root"/out/wine/win-x64/*.dll "$module/engine/win-x64/"

timeout 400 "$wine" wineboot -i >"$work/boot.log" 2>&1 </dev/null || skip_all "wine could not make its Windows folder: $(tail -1 "$work/boot.log")"
timeout 60 "$wine" reg add 'HKCU\Software\Wine' /v Version /d win10 /f >"$work/reg.log" 2>&1 </dev/null
c=$WINEPREFIX/drive_c

# open_session NAME: a PowerShell for Windows that runs what `ps` hands it. It ends with the suite, after half an hour at the latest.
open_session() {
  local talk=$work/$1
  mkdir -p "$talk"
  timeout 1800 "$wine" "$root/out/wine/pwsh/pwsh.exe" "$(windows_path "$talk")" >"$talk/console" 2>&1 </dev/null &
}
windows_path() { echo "Z:${1//\//\\}"; }

# ps SESSION SCRIPT: runs it there and prints what it says; fails when it does.
ps() {
  local talk=$work/$1 number=1
  [ ! -e "$talk/mute" ] || { echo "the session $1 answers no more"; return 1; }
  while [ -e "$talk/$number.ps1" ]; do number=$((number + 1)); done
  printf '%s' "$2" >"$talk/next" && mv "$talk/next" "$talk/$number.ps1"
  for _ in $(seq 2400); do [ -e "$talk/$number.done" ] && break; sleep 0.1; done
  [ -e "$talk/$number.done" ] || { touch "$talk/mute"; echo "no answer within 4 minutes; its console says: $(tail -3 "$talk/console")"; return 1; }
  cat "$talk/$number.out"
  return "$(cat "$talk/$number.done")"
}

# Each check is a function see_…, in a shell of its own that ends at the first command that fails. Exit 77: Wine can't show it.
check() {
  local said rc
  said=$(set -eE; trap 'echo "  at: $BASH_COMMAND"' ERR; "$1" 2>&1); rc=$?
  case $rc in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)); echo "skipped: $1: $said" ;;
    *) failed=$((failed + 1)); echo "FAILED: $1"; echo "$said" | tail -12 | sed 's/^/    /' ;;
  esac
}
not_shown() { echo "$1"; exit 77; }
fetch() { curl -sS --fail --max-time 120 "$@"; }
refuse() { echo "$1"; return 1; }
# until_true COMMAND…: waits for it, at most $limit seconds, 60 without.
until_true() { local end=$((SECONDS + ${limit:-60})); until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || { echo "never: $*"; return 1; }; sleep 0.1; done; }

. "$here/checks.sh"
. "$here/onion.sh"
start_network
open_session one
for name in ${*:-$(grep -ho '^see_[a-z_]*' "$here/checks.sh" "$here/onion.sh")}; do check "$name"; done
leave
