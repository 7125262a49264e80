#!/usr/bin/env bash
# user-manager.sh FOLDER COMMAND…: runs a command under a systemd user manager of its own, which lives in FOLDER; needs root and a mount namespace
# of its own (unshare --mount). systemd believes itself running when /run/systemd/system is there.
set -euo pipefail
place=$1
shift
mount -t tmpfs none /run/systemd
mkdir /run/systemd/system
export HOME=$place/home XDG_CONFIG_HOME=$place/home/.config XDG_RUNTIME_DIR=$place/run
mkdir -p -m 700 "$HOME" "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR"
export DBUS_SESSION_BUS_ADDRESS=unix:path=$XDG_RUNTIME_DIR/bus
dbus-daemon --session --address="$DBUS_SESSION_BUS_ADDRESS" --nofork --nopidfile 2>"$place/bus.log" &
bus=$!
/usr/lib/systemd/systemd --user --log-target=console --log-level=notice >"$place/systemd.log" 2>&1 &
manager=$!
trap 'kill $manager $bus; wait' EXIT
until systemctl --user show --property=Version >/dev/null 2>&1; do kill -0 $manager; sleep 0.1; done
"$@"
