#!/usr/bin/env bash
# The floor: a bare relay over the same five processes. usage: run-relay.sh none|fsync|fdatasync [USERS…]   (default 1 64 1024)
set -eu
cd "$(dirname "$0")"
out=${TMPDIR:-/tmp}/justhungry-relay; durable=${1:?none, fsync or fdatasync}; shift
[ $# -gt 0 ] || set -- 1 64 1024
[ "$out/relay.dll" -nt relay/Program.cs ] && [ "$out/relay.dll" -nt relay/Journals.cs ] || dotnet build relay -c Release -o "$out" >/dev/null
pids=(); trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT
start() { dotnet "$out/relay.dll" "$@" & pids+=($!); sleep 1; }
start backup 7501 "$durable"; start backup 7502 "$durable"; start primary 7503 7501,7502 "$durable"; start front 7504 7503
for users in "$@"; do timeout 60 dotnet "$out/relay.dll" load 7504 "$users" 5 80; done
