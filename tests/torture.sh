#!/usr/bin/env bash
# Tortures a real engine under a load of all modes: tests/torture.sh [MINUTES (5)] [SEED (the commit's hash)]
# Kills engine, owners and tor, stops and continues, fills disks, takes inbox and run folder away, sets the clock; see tests/torture.py.
# Linux only; builds nothing. Without root or the right to mount, kinds that need it are left out, and so are those that need faketime or tor.
# Ends with the lines «N blows, N faults» and «N passed, N failed», which counts the kinds; each that failed has a line «- » with the seed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
fail() { echo "- $*"; echo "0 passed, 1 failed"; exit 1; }
[ "$(uname -s)" = Linux ] || { echo "skipped: the engine is tortured on Linux only."; echo "0 passed, 0 failed"; exit 0; }
command -v python3 >/dev/null || fail "There is no python3. Install it (apt install python3)."
bin=src/OnionShare.Engine/bin/Release/net10.0/onionshare-engine
[ -x "$bin" ] || fail "$bin is missing: build the solution first (dotnet build -c Release)."
network=tests/OnionShare.TorNetwork/bin/Release/net10.0/OnionShare.TorNetwork.dll
exec python3 tests/torture.py --engine "$bin" --network "$network" \
  --minutes "${1:-5}" --seed "${2:-$(git rev-parse --short=8 HEAD 2>/dev/null || echo 1)}"
