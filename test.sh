#!/usr/bin/env bash
# Builds everything and runs all tests: xunit, Chromium, and Pester where there is a pwsh.
# Ends with one line «N passed, N failed, N skipped». Extra arguments go to `dotnet test` (e.g. --filter).
# ONIONSHARE_REQUIRE=pwsh,tor,chromium turns a skip for want of one of these into a failure.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

install_missing() {
  local missing=()
  command -v tor >/dev/null && command -v tor-gencert >/dev/null || missing+=(tor)
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
  command -v obfs4proxy >/dev/null || missing+=(obfs4proxy)
  command -v gpg >/dev/null && command -v gpg-agent >/dev/null && command -v gpgv >/dev/null || missing+=(gpg gpg-agent gpgv)
  command -v onionbalance >/dev/null || [ -x /usr/sbin/onionbalance ] || missing+=(onionbalance)
  command -v snowflake-client >/dev/null || missing+=(snowflake-client)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} with apt."
    apt-get update -qq
    # One by one: a system that lacks one of them still has the others.
    local package
    for package in "${missing[@]}"; do
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
        echo "apt could not install $package; tests that need it are skipped." >&2
    done
  else
    echo "Not installed: ${missing[*]}; tests that need them are skipped. Install them for all tests."
  fi
}

passed=0 failed=0 skipped=0
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

run_dotnet() {
  local project=$1 trx; shift
  trx="$results/$(basename "$project").trx"
  dotnet test "$project" --no-build --nologo --logger "trx;LogFileName=$trx" "$@" || true
  if [ ! -s "$trx" ]; then
    echo "$project: the test run ended without a result." >&2
    failed=$((failed + 1))
    return
  fi
  local counters total ok bad
  counters=$(grep -o '<Counters [^>]*>' "$trx" | head -1)
  total=$(sed 's/.* total="\([0-9]*\)".*/\1/' <<<"$counters")
  ok=$(sed 's/.* passed="\([0-9]*\)".*/\1/' <<<"$counters")
  bad=$(sed 's/.* failed="\([0-9]*\)".*/\1/' <<<"$counters")
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
  # A crashed test host reports the tests it got to; what it did not get to must not pass unseen.
  if grep -q '<ResultSummary outcome="Failed"' "$trx" && [ "$bad" = 0 ]; then failed=$((failed + 1)); fi
  grep -o '<Message>skipped: [^<]*' "$trx" | sed 's/<Message>//' | sort | uniq -c | sed 's/^/  /'
}

run_pester() {
  if ! command -v pwsh >/dev/null; then
    echo "skipped: no pwsh, so no cmdlet was run. Install PowerShell 7.4 or later and Pester 5 (Install-Module Pester)."
    case ",${ONIONSHARE_REQUIRE:-}," in *,pwsh,*) failed=$((failed + 1)) ;; *) skipped=$((skipped + 1)) ;; esac
    return
  fi
  local line ok bad left
  pwsh -NoProfile -NonInteractive -File tests/pester/run.ps1 | tee "$results/pester.txt"
  line=$(grep -o 'PESTER passed=[0-9]* failed=[0-9]* skipped=[0-9]*' "$results/pester.txt" | tail -1)
  if [ -z "$line" ]; then
    echo "Pester ended without a result." >&2
    failed=$((failed + 1))
    return
  fi
  ok=$(sed 's/.*passed=\([0-9]*\).*/\1/' <<<"$line")
  bad=$(sed 's/.*failed=\([0-9]*\).*/\1/' <<<"$line")
  left=$(sed 's/.*skipped=\([0-9]*\).*/\1/' <<<"$line")
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
}

install_missing
dotnet build OnionShare.PowerShell.sln -c Release --nologo -v quiet || { echo "The build failed." >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
for project in tests/*.Tests/*.csproj; do run_dotnet "$project" -c Release "$@"; done
[ $# -gt 0 ] || run_pester
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
