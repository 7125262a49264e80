#!/usr/bin/env bash
# Fuzzes what reads strangers' input (OnionShare.Fuzz): tests/fuzz.sh [--minutes N] [--seed S] [--target T] [--input I]
# Without --minutes each target gets a fixed number of inputs, about a minute in all; the seed is the commit's hash, so that a run repeats.
# Builds nothing. Ends with the lines «N inputs, N crashes» and «N passed, N failed», which counts targets; each crash has a line «- » with how to run it again.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
program=tests/OnionShare.Fuzz/bin/Release/net10.0/OnionShare.Fuzz.dll
[ -f "$program" ] || { echo "$program is missing: build the solution first (dotnet build -c Release)."; echo "0 passed, 1 failed"; exit 1; }
case " $* " in
  *" --seed "*) ;;
  *) set -- --seed "$((16#$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1)))" "$@" ;;
esac
exec dotnet "$program" "$@"
