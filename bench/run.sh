#!/usr/bin/env bash
# Measures OnionShare for PowerShell beside its peers, in one run, and writes the table into RESULTS.md.
# usage: bench/run.sh all|share|receive|cost|website|chat|powershell|tor|onion|client|scaling|flat|strangers [--quick]
# Peers: onionshare-cli, nginx, tor; they and obfs4proxy are installed with apt when missing and root. «powershell» runs ONIONSHARE_PWSH, or the one it
# makes in out/pwsh. «all» takes about 25 minutes on two quiet cores; nothing else should run on the machine meanwhile.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
missing=()
for program in onionshare-cli nginx tor obfs4proxy curl wget wrk; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "$program" >/dev/null || missing+=("$program")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ]; then echo "Not installed: ${missing[*]}. Install them first (apt install ${missing[*]})." >&2; exit 2; fi
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
dotnet build OnionShare.PowerShell.sln -c Release --nologo -v quiet
case ${1:-} in
  all | powershell)
    [ -n "${ONIONSHARE_PWSH:-}" ] || [ -x out/pwsh/pwsh ] || dotnet publish tests/OnionShare.Pwsh -c Release --nologo -v quiet ;;
esac
exec dotnet run --project bench/OnionShare.Bench -c Release --no-build -- "$@"
