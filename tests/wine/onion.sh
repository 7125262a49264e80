# An onion service of the Windows build, through the control port of a tor on Linux and a Tor network on this machine alone. run.sh calls see_….

# Starts the network; it takes a while, so see_onion_service comes last.
start_network() {
  local program=$root/tests/OnionShare.TorNetwork/bin/Release/net10.0/OnionShare.TorNetwork.dll
  if ! command -v tor >/dev/null || ! command -v tor-gencert >/dev/null || [ ! -f "$program" ]; then return; fi
  timeout 1800 dotnet "$program" --client --seconds 1800 >"$work/network" 2>"$work/network.log" &
  network=$!
}

see_onion_service() {
  [ -n "$network" ] || not_shown "there is no tor (apt install tor), or the solution is not built"
  until_true grep -q '^socks5://' "$work/network"
  local include visitor port url
  include=$(head -1 "$work/network") visitor=$(grep -o '^socks5://.*' "$work/network" | head -1)
  ps one '$listener = [Net.Sockets.TcpListener]::new("127.0.0.1", 0); $listener.Start(); $listener.LocalEndpoint.Port; $listener.Stop()' >"$work/port"
  port=$(head -1 "$work/port" | tr -d '\r')
  mkdir -m 700 "$work/tor"
  printf '%s\n' "%include $include" "DataDirectory $work/tor" "ControlPort 127.0.0.1:$port" "SocksPort auto" \
    "HashedControlPassword $(tor --quiet --hash-password 'drawer eleven' | tail -1)" >"$work/tor/torrc"
  timeout 1800 tor --defaults-torrc "$work/none" --ignore-missing-torrc -f "$work/tor/torrc" >"$work/tor/log" 2>&1 &
  echo $! >"$work/tor.pid"
  until_true grep -q 'Bootstrapped 100%' "$work/tor/log"
  ps one "Set-OnionTor -Connection ControlEndpoint -ControlEndpoint 127.0.0.1:$port -ControlPassword (ConvertTo-SecureString -AsPlainText -Force 'drawer eleven')"
  url=$(ps one '(Start-OnionShare "C:\files\one file.bin" -Name onion).Url')
  grep -E '^http://onionshare:[^@]+@[a-z2-7]{56}\.onion$' <<<"$url"
  curl -sS --fail --max-time 200 -x "socks5h://${visitor#socks5://}" "$url/download" -o "$work/got"
  cmp "$work/got" "$c/files/one file.bin"
  # It was the one download of this share: it takes no other, and goes when the circuit has been quiet, after two minutes at the latest.
  until_true ps one 'if (Get-OnionService | Where-Object { $_.Name -eq "onion" -and $_.State -eq "Running" }) { throw "it runs" }'
  limit=180 until_true ps one 'if (Get-OnionService | Where-Object Name -eq onion) { throw "it is there" }'
}
