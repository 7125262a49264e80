#!/usr/bin/env bash
# Builds everything and runs all tests: xunit, Chromium, Pester in a real PowerShell, and the Windows build under Wine.
# Ends with one line «N passed, N failed, N skipped». Arguments go to `dotnet test` (e.g. --filter NAME), and then only xunit runs.
# ONIONSHARE_REQUIRE=tor,chromium,wine turns a skip for want of one of these into a failure.
# Where one to three tests of a run fail, they are run a second time, alone: on a busy machine a network of six tors can be late. What passed only then
# is named at the end; more failures than three, or a second one, count at once.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
# One compiler for all builds: to start one for each project takes longer than to compile it. It ends with this script.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 POWERSHELL_TELEMETRY_OPTOUT=1 UseSharedCompilation=true
results=$(mktemp -d)
export results
trap 'rm -rf "$results"; dotnet build-server shutdown --vbcscompiler >/dev/null' EXIT

# Programs that some tests need. As root on Debian they are installed; elsewhere it is said what is missing.
install_missing() {
  local missing=() package
  command -v tor >/dev/null && command -v tor-gencert >/dev/null || missing+=(tor)
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
  command -v obfs4proxy >/dev/null || missing+=(obfs4proxy)
  command -v gpg >/dev/null && command -v gpg-agent >/dev/null && command -v gpgv >/dev/null || missing+=(gpg gpg-agent gpgv)
  command -v onionbalance >/dev/null || [ -x /usr/sbin/onionbalance ] || missing+=(onionbalance)
  command -v snowflake-client >/dev/null || missing+=(snowflake-client)
  command -v tmux >/dev/null || missing+=(tmux)
  [ "$(uname -s)" != Linux ] || command -v faketime >/dev/null || missing+=(faketime)
  command -v 7z >/dev/null || missing+=(7zip)
  [ "$(uname -sm)" != "Linux x86_64" ] || command -v wine64 >/dev/null || command -v wine >/dev/null || [ -x /usr/lib/wine/wine64 ] || missing+=(wine64)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} with apt."
    apt-get update -qq
    # One by one: a system that lacks one of them still has the others.
    for package in "${missing[@]}"; do
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
        echo "apt could not install $package; tests that need it are skipped." >&2
    done
  else
    echo "Not installed: ${missing[*]}; tests that need them are skipped. Install them for all tests."
  fi
}

# Sets ONIONSHARE_PWSH: the pwsh on PATH if it is 7.6 or later and has Pester 5, else one made here (tests/OnionShare.Pwsh).
find_pwsh() {
  local path='(Get-Process -Id $PID).Path'
  local fits='$PSVersionTable.PSVersion -ge "7.6" -and (Get-Module Pester -ListAvailable | Where-Object { $_.Version -ge "5.5" -and $_.Version -lt "6.0" })'
  ONIONSHARE_PWSH=$(pwsh -NoProfile -NonInteractive -Command "if ($fits) { $path }" 2>/dev/null)
  case $ONIONSHARE_PWSH in
    *pwsh | *pwsh.exe) ;;
    *)
      dotnet publish tests/OnionShare.Pwsh -c Release --nologo -v quiet || return 1
      ONIONSHARE_PWSH=$(out/pwsh/pwsh -NoProfile -NonInteractive -Command "$path") || return 1 ;;
  esac
  export ONIONSHARE_PWSH
}

# Each run writes NAME.count with «passed failed skipped», NAME.times with a line «seconds test» for each test, and NAME.failed with the names of those that failed.
run_dotnet() {
  local project=$1 name trx total ok bad filter; shift
  name=$(basename "$project" .csproj) trx="$results/$name.trx"
  dotnet test "$project" --no-build --nologo --results-directory "$results" --logger "trx;LogFileName=$name.trx" "$@" </dev/null >"$results/$name.log" 2>&1
  # A test that is skipped is told of once, by its reason, below.
  grep -v '\[SKIP\]$\|^  Skipped ' "$results/$name.log"
  if [ ! -s "$trx" ]; then
    echo "$name: the test run ended without a result." >&2
    echo 0 1 0 >"$results/$name.count"
    return
  fi
  total=$(counted total "$trx") ok=$(counted passed "$trx") bad=$(counted failed "$trx")
  # A crashed test host reports the tests it got to; what it did not get to must not pass unseen.
  if grep -q '<ResultSummary outcome="Failed"' "$trx" && [ "$bad" = 0 ]; then bad=1; fi
  sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".* outcome="Failed".*/\1/p' "$trx" >"$results/$name.failed"
  if may_try_again "$name" "$bad"; then
    filter=$(sed 's/(.*//; s/^/FullyQualifiedName=/' "$results/$name.failed" | sort -u | paste -sd '|')
    dotnet test "$project" --no-build --nologo -c Release --filter "$filter" --results-directory "$results" --logger "trx;LogFileName=$name.second" </dev/null
    if [ "$(counted failed "$results/$name.second")" = 0 ] && [ "$(counted passed "$results/$name.second")" -ge "$bad" ]; then
      passed_again "$name"
      ok=$((ok + bad)) bad=0
    fi
  fi
  echo "$ok $bad $((total > ok + bad ? total - ok - bad : 0))" >"$results/$name.count"
  grep -o '<Message>skipped: [^<]*' "$trx" | sed 's/<Message>//' | sort | uniq -c | sed 's/^/  /'
  sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".* duration="\([0-9]*\):\([0-9]*\):\([0-9.]*\)".*/\2 \3 \4 \1/p' "$trx" |
    awk '{ seconds = $1 * 3600 + $2 * 60 + $3; sub(/^[^ ]* [^ ]* [^ ]* /, ""); printf "%.1f %s\n", seconds, $0 }' >"$results/$name.times"
}

# at_most_twice NAME COMMAND…: a command that writes NAME.count and NAME.failed.
at_most_twice() {
  local name=$1; shift
  "$@"
  if may_try_again "$name" "$(cut -d ' ' -f 2 "$results/$name.count")"; then
    cp "$results/$name.failed" "$results/$name.first"
    "$@"
    [ "$(cut -d ' ' -f 2 "$results/$name.count")" != 0 ] || { mv "$results/$name.first" "$results/$name.failed"; passed_again "$name"; }
  fi
}

# The whole file: what a test needs is made before the first of them.
run_pester() { local name; name=$(basename "$1" .Tests.ps1); at_most_twice "$name" pester_file "$1" "$name"; }

pester_file() {
  local line
  "$ONIONSHARE_PWSH" -NoProfile -NonInteractive -File tests/pester/run.ps1 -Path "$1" -Times "$results/$2.times" </dev/null >"$results/$2.log" 2>&1
  cat "$results/$2.log"
  line=$(grep -o 'PESTER passed=[0-9]* failed=[0-9]* skipped=[0-9]*' "$results/$2.log" | tail -1 | grep -o '[0-9]*' | paste -sd ' ')
  [ -n "$line" ] || echo "$1: Pester ended without a result." >&2
  echo "${line:-0 1 0}" >"$results/$2.count"
  sed $'s/\e\\[[0-9;]*m//g' "$results/$2.log" | sed -n "s/^ *\[-\] \(.*\)/$2: \1/p" >"$results/$2.failed"
}

# How many tests a file of results has as total, passed or failed; 0 if there is no such file.
counted() { grep -o '<Counters [^>]*>' "$2" 2>/dev/null | head -1 | grep -o " $1=\"[0-9]*" | grep -o '[0-9]*$' || echo 0; }

# May the tests of the run $1, of which $2 failed, be run a second time? Only where each is known by its name.
may_try_again() { [ "$2" -ge 1 ] && [ "$2" -le 3 ] && [ "$(wc -l <"$results/$1.failed")" = "$2" ] && echo "$1: a second try of what failed."; }
passed_again() { mv "$results/$1.failed" "$results/$1.again"; }

# run_script NAME COMMAND…: a script that ends with «N passed, N failed», says in lines «- » what failed and in lines «skipped: » what it left out.
run_script() { at_most_twice "$1" script_file "$@"; }
script_file() {
  local name=$1 line; shift
  "$@" </dev/null >"$results/$name.log" 2>&1
  cat "$results/$name.log"
  line=$(grep -o '^[0-9]* passed, [0-9]* failed$' "$results/$name.log" | tail -1 | tr -cs '0-9\n' ' ')
  [ -n "$line" ] || echo "$1 ended without a result." >&2
  sed -n "s/^- /$name: /p" "$results/$name.log" >"$results/$name.failed"
  echo "${line:-0 1} $(grep -c '^skipped: ' "$results/$name.log")" >"$results/$name.count"
}

# The package as a user installs it. Its way is that of Linux and macOS.
run_installed() { case $(uname -s) in MINGW* | MSYS*) ;; *) run_script installed tests/installed.sh ;; esac; }

# Each reader of what strangers send is a check, and so is each kind of blow at a running engine. The fuzzers' seed is always the same, so that a change is
# judged by what it changed; tests/fuzz.sh by itself takes the commit's.
run_fuzz() { run_script fuzz tests/fuzz.sh --minutes 2 --seed 2555978696; }
run_torture() { run_script torture tests/torture.sh 5; }

# Six of the guards of tests/mutants, drawn by the commit's hash, are taken away: their tests must notice. Elsewhere than on Linux, where the script's tools
# are, it is only looked whether each is still where the list says.
run_mutants() {
  local line
  if [ "$(uname -s)" = Linux ]; then tests/mutants/run.sh --draw 6 >"$results/mutants.log" 2>&1
  else tests/mutants/run.sh --check >"$results/mutants.log" 2>&1 && echo "1 killed, 0 survived" >>"$results/mutants.log"; fi
  cat "$results/mutants.log"
  line=$(tail -1 "$results/mutants.log" | grep -x '[0-9]* killed, [0-9]* survived' | tr -cs '0-9\n' ' ')
  [ -n "$line" ] || echo "tests/mutants/run.sh ended without a result." >&2
  echo "${line:-0 1} 0" >"$results/mutants.count"
}

run_wine() {
  if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "The Windows build is run under Wine on Linux (x86_64) only."
    return
  fi
  timeout 2400 tests/wine/run.sh </dev/null >"$results/wine.log" 2>&1
  cat "$results/wine.log"
  local line; line=$(tail -1 "$results/wine.log" | grep -x '[0-9]* passed, [0-9]* failed, [0-9]* skipped' | tr -cs '0-9\n' ' ')
  [ -n "$line" ] || echo "tests/wine/run.sh ended without a result." >&2
  echo "${line:-0 1 0}" >"$results/wine.count"
}

# at_a_time N: of lines with a command each, the longest first, so that none is left for the end. Each has a state folder and, where it needs one, a PowerShell and a Tor network of its own.
at_a_time() { awk '!seen[$0]++' | xargs -P "$1" -I{} bash -c '{}'; }

part() {
  local began=$SECONDS name; name=$(basename "${2:-$1}" .csproj); name=${name%.Tests.ps1}
  "$@"
  echo "${name#*_}: $((SECONDS - began)) s" >>"$results/parts"
}

pester() { printf 'part run_pester tests/pester/%s.Tests.ps1\n' "$@"; }

export -f part counted at_most_twice run_dotnet run_pester pester_file may_try_again passed_again run_script script_file run_wine run_mutants run_installed run_fuzz run_torture

left_by_others=$(git status --porcelain 2>/dev/null)
install_missing >"$results/install.log" 2>&1 &
dotnet build OnionShare.PowerShell.sln -c Release --nologo -v quiet || { echo "The build failed." >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
wait $!
cat "$results/install.log"
if [ $# -gt 0 ]; then
  for project in tests/*.Tests/*.csproj; do run_dotnet "$project" -c Release "$@"; done
else
  find_pwsh || { echo "The PowerShell of the tests could not be built." >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
  # Chromium keeps the processor busy; what is done beside it mostly waits.
  printf 'part %s\n' 'run_dotnet tests/OnionShare.Browser.Tests/OnionShare.Browser.Tests.csproj -c Release' run_torture run_fuzz | at_a_time 2
  # What is published on a network of six tors takes longer beside the rest than anybody waits; but timers of whole minutes do no harm.
  { echo 'part run_dotnet tests/OnionShare.Engine.Tests/OnionShare.Engine.Tests.csproj -c Release'; pester ScheduledTasks.Live; } | at_a_time 2
  # Three at a time keep two cores no less busy, but each of them takes half as long again.
  {
    pester Examples TorConnect
    printf 'part %s\n' run_wine run_mutants run_installed
    pester $(ls -S tests/pester | sed -n '/^ScheduledTasks\.Live\./d; s/\.Tests\.ps1$//p')
  } | at_a_time 2
fi

strays=$(comm -13 <(sort <<<"$left_by_others") <(git status --porcelain 2>/dev/null | sort) | grep .) && {
  echo "The tests left these files behind:" "$strays" >&2
  echo 0 1 0 >"$results/strays.count"
}
# Lists the lines of some of the files above, with a title.
list() { local title=$1; shift; [ -z "$(cat "$@" 2>/dev/null)" ] || { echo "$title"; cat "$@" | sed 's/^/  /'; }; }
cat "$results"/*.times | sort -rn | head -10 >"$results/slowest"
list "The ten slowest tests, in seconds:" "$results/slowest"
{ echo "all: $SECONDS s"; sort -t: -k2 -rn "$results/parts" | head -15; } >"$results/longest" 2>/dev/null
list "How long it took:" "$results/longest"
list "Passed at the second try only:" "$results"/*.again
list "Failed:" "$results"/*.failed
cat "$results"/*.count | awk '{ p += $1; f += $2; s += $3 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }'
