#!/usr/bin/env bash
# A shop with three servers, one user, and a primary that is killed while the user's cart is open. Builds, tells the story, cleans up.
# Needs the .NET 10 SDK and bash; works offline after the first restore. run-demo.ps1 is the same in PowerShell.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

bold='' dim='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1;36m' dim=$'\e[2m' plain=$'\e[0m'
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/justhungry-demo.XXXXXX")
running=() # process ids of everything started here
build=''

# Also when interrupted: no process and no file stays behind.
finish() {
  local code=$?
  trap - EXIT INT TERM HUP
  set +e
  exec 7>&-
  if [ -n "$build" ]; then
    kill -TERM -- "-$build" 2>/dev/null
    wait "$build" 2>/dev/null
  fi
  stop_all
  if [ "$code" != 0 ] && [ -z "${interrupted:-}" ]; then
    echo "The demo failed. What the processes said:" >&2
    tail -n 15 "$work"/*.log "$work/session.txt" >&2 2>/dev/null
  fi
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'interrupted=1; exit 130' INT
trap 'interrupted=1; exit 143' TERM HUP

stop_all() {
  local pid waited=0
  kill -TERM ${running[@]+"${running[@]}"} 2>/dev/null || true
  for pid in ${running[@]+"${running[@]}"}; do
    while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 40 ]; do
      sleep 0.1
      waited=$((waited + 1))
    done
  done
  kill -KILL ${running[@]+"${running[@]}"} 2>/dev/null || true
  running=()
}

# It has ended: its number may soon be another process's.
forget() {
  local pid still=()
  for pid in "${running[@]}"; do
    [ "$pid" = "$1" ] || still+=("$pid")
  done
  running=("${still[@]}")
}

say() { printf '\n%s── %s%s\n' "$bold" "$*" "$plain"; }
show() { printf '%s   %s%s\n' "$dim" "$*" "$plain"; }
die() {
  echo "run-demo.sh: $*" >&2
  exit 1
}

# A command as a user types it, and what it prints.
run() {
  printf '\n%s$ %s%s\n' "$dim" "$*" "$plain"
  "$@"
}

# until_true SECONDS COMMAND...: asks again and again.
until_true() {
  local tries=$(($1 * 20))
  shift
  until "$@"; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.05
  done
}

# start NAME COMMAND...: runs a daemon in the background and waits for its ready line.
start() {
  local name=$1
  shift
  rm -f "$work/$name.out"
  "$@" >"$work/$name.out" 2>>"$work/$name.log" </dev/null 7>&- &
  local pid=$!
  running+=("$pid")
  disown "$pid" # the shell has nothing to say when it is killed
  echo "$pid" >"$work/$name.pid"
  until_true 20 grep -qs '^ready:' "$work/$name.out" || die "$name did not get ready"
  show "$(cat "$work/$name.out")   (process $pid)"
}

# ---------------------------------------------------------------------------------------------------------------- build

command -v dotnet >/dev/null || die "the .NET 10 SDK is needed: https://dot.net"
say "Building"
set -m # a process group of its own, so that an interruption can end all of it
MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 dotnet build --nologo -v quiet -p:UseSharedCompilation=false \
  >"$work/build.txt" 2>&1 </dev/null &
build=$!
set +m
if ! wait "$build"; then
  build=''
  cat "$work/build.txt" >&2
  die "the build failed"
fi
build=''

# The programs of a build find a runtime in a home directory only by this variable.
if [ -z "${DOTNET_ROOT:-}" ]; then
  DOTNET_ROOT=$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App 10\..*\[\(.*\)[/\\]shared[/\\].*\]$/\1/p' | tail -n 1)
  export DOTNET_ROOT
fi
for project in NameServer Server FrontEnd UserCli; do
  PATH="$PWD/$project/bin/Release/net10.0:$PATH"
done
export PATH JUSTHUNGRY_HOME="$work/home"

# ---------------------------------------------------------------------------------------------------------------- start

say "A name server, three servers and a front end start, each a process of its own"
start nameserver nameserver --listen 127.0.0.1:0
JUSTHUNGRY_NAME_SERVER=$(sed -n 's/^ready: nameserver at //p' "$work/nameserver.out")
export JUSTHUNGRY_NAME_SERVER
for id in 1 2 3; do
  start "server-$id" server "$id" --postcodes offline
done
start frontend frontend

run frontend status

# -------------------------------------------------------------------------------------------------------------- session

# The user's session is the real CLI with its menus. What stands after a question here is what Ada types.
say "Ada orders in the menus ('user')"
mkfifo "$work/keyboard"
user <"$work/keyboard" >"$work/session.txt" 2>&1 &
session=$!
running+=("$session")
exec 7>"$work/keyboard"
shown=0

# What the session has printed since the last look.
unseen() { tail -c "+$((shown + 1))" "$work/session.txt"; }
asks() { case "$(unseen)" in *"$1") ;; *) return 1 ;; esac }

# see QUESTION: waits until the session ends with the question, and shows what stands above it.
see() {
  until_true 15 asks "$1" || die "the session does not ask '$1'"
  local above
  above=$(unseen | sed '$d')
  [ -z "$above" ] || printf '%s\n' "$above"
  shown=$(($(wc -c <"$work/session.txt") - $(unseen | tail -n 1 | wc -c)))
}

# answer QUESTION TEXT: waits until the session ends with the question, shows all up to it, and types the text.
answer() {
  see "$1"
  unseen
  shown=$(wc -c <"$work/session.txt")
  printf '%s%s%s\n' "$bold" "$2" "$plain"
  printf '%s\n' "$2" >&7
}

answer '> ' order
answer 'First name: ' Ada
answer 'Last name: ' King
answer 'Phone number: ' 020-7946-0000
answer 'Postcode: ' 'SW1A 1AA'
answer 'Address: ' "12 St James's Square"
answer 'ordering): ' apple
answer 'apple: ' 2
answer 'ordering): ' bread
answer 'bread: ' 1
answer 'ordering): ' done
answer '(yes/no): ' yes
answer '> ' same-day
answer '(yes/no): ' yes
answer 'pounds: ' 1.50

see '> '
say "Order 1 is on the disks of all three servers. She begins another…"
answer '> ' order
answer '(yes/no): ' yes
answer 'ordering): ' banana
answer 'banana: ' 3
see 'ordering): '

primary=$(frontend status --json | sed -n 's/^ *"primary": "\(.*\)",*$/\1/p' | head -n 1)   # the view's; the changes name theirs further down
say "…and while her cart is open, the primary, server $primary, is killed (kill -9)"
victim=$(cat "$work/server-$primary.pid")
kill -KILL "$victim"
forget "$victim"

answer 'ordering): ' done
answer '(yes/no): ' yes
answer '> ' 2-hours
answer '(yes/no): ' no
answer '> ' quit
exec 7>&-
wait "$session" || die "the session ended with an error"
forget "$session"

say "Her order went through. The front end had promoted another server"
grep -E ' (lost|promoted) ' "$work/frontend.log" | tail -n 2 | while read -r line; do show "$line"; done
run frontend status

say "The next order, as a command, with two servers left"
run user order --item kale=2 --delivery next-day

# ---------------------------------------------------------------------------------------------------------------- back

say "Server $primary comes back with its disk, catches up, and is a member again"
start "server-$primary" server "$primary" --postcodes offline
is_backup() { frontend status | grep -Eq "^$1 .* backup +yes "; }
until_true 15 is_backup "$primary" || die "server $primary did not join"
run frontend status

say "She cancels order 2; its bananas are for sale again"
run user cancel 2
run user products

say "Her history: three orders, none lost, none doubled"
run user orders
orders=$(user orders --json | grep -o '"orderId":[0-9]*,"status":"[A-Za-z]*"' | tr '\n' ' ')
expected='"orderId":1,"status":"Active" "orderId":2,"status":"Cancelled" "orderId":3,"status":"Active" '
[ "$orders" = "$expected" ] || die "the history is not what it should be: $orders"

say "Everything stops"
stop_all
show "no process and no file is left"
