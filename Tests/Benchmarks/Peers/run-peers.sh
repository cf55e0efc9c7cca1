#!/usr/bin/env bash
# What one would run instead, one after the other, each started fresh and stopped again. usage: run-peers.sh [USERS…]   (default 1 64 1024)
# Needs root, and Debian's postgresql, redis-server and etcd-server: apt-get install postgresql redis-server etcd-server
set -eu
cd "$(dirname "$0")"
out=${TMPDIR:-/tmp}/justhungry-peers; export PEERS=${PEERS:-${TMPDIR:-/tmp}/justhungry-peers-data}
[ -e "$out/peers.dll" ] || dotnet build clients -c Release -o "$out" >/dev/null
[ $# -gt 0 ] || set -- 1 64 1024
for peer in pg redis etcd; do
  mapfile -t pids < <(./start-peers.sh $peer)
  for users in "$@"; do
    [ $peer = pg ] && [ "$users" -gt 256 ] && users=256   # a connection a user: past this PostgreSQL only slows down
    timeout 60 dotnet "$out/peers.dll" $peer "$users" 6 || true
  done
  kill "${pids[@]}"; sleep 1
done
