#!/usr/bin/env bash
# Proves that the bugs that are planted here are found: applies each patch to a scratch copy of the tree, builds it, and runs what the
# patch's second line says:
#   Caught by: seeds             seeds until one violates; prints how many that took, and whether a scenario shows the bug too
#   Caught by: registers         schedules of name servers that share an etcd, until one violates
#   Caught by: scenario NAME     that interleaving, which is played by hand: seeds meet it too seldom
#   Caught by: test NAME         that test of JustHungry.Tests (a part of its full name): the simulator can't show the bug
# Exit 1 if a bug escaped.
#   run.sh [--check | --exhaustive SECONDS] [--seeds N] [NAME…]
# --check: only see whether each patch still applies; --exhaustive: search the small scopes instead, for so long each
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
seeds=3000
check=
exhaustive=
names=()
while [ $# -gt 0 ]; do
    case $1 in
    --check) check=1 ;;
    --exhaustive) exhaustive=$2 && shift ;;
    --seeds) seeds=$2 && shift ;;
    *) names+=("${1%.patch}") ;;
    esac
    shift
done
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(cd "$here" && ls ./*.patch | sed 's,^\./,,; s,\.patch$,,')

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tree"
(cd "$root" && tar -cf - --exclude=.git --exclude=TestResults .) | tar -xf - -C "$scratch/tree"
simulator=$scratch/tree/Tests/Simulator/bin/Release/net10.0/JustHungry.Simulator

escapes() {
    echo "$1"
    escaped=1
}

builds() {
    (cd "$scratch/tree" && dotnet build "$1" --nologo -v q -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false >"$scratch/log" 2>&1) && return
    escapes "$name: DOES NOT BUILD"
    grep -m3 'error' "$scratch/log"
    return 1
}

# The scenarios that fail.
failing() { "$simulator" --scenarios | sed -n 's/^\([A-Z][A-Za-z]*_[A-Za-z_]*\):.*/\1/p' || true; }

run_exhaustive() {
    "$simulator" --exhaustive all --seconds "$exhaustive" >"$scratch/log" || true
    local found
    found=$(grep -m1 ', 1 violations' "$scratch/log" || true)
    if [ -n "$found" ]; then echo "$name: $found"; else escapes "$name: not found by exhaustive search"; fi
}

run_seeds() {
    local by
    by=$(failing | head -1)
    if "$simulator" --seeds "$seeds" --stop >"$scratch/log"; then
        escapes "$name: ESCAPED $seeds seeds${by:+, though $by shows it}"
    else
        echo "$name: caught in $(tail -1 "$scratch/log" | cut -d' ' -f1) seeds: $(sed -n '/^seed/{p;q}' "$scratch/log" | cut -c1-120)${by:+ (and by $by)}"
    fi
}

run_registers() {
    if "$simulator" --registers 1000 >"$scratch/log"; then
        escapes "$name: ESCAPED 1000 schedules of name servers that share an etcd"
    else
        echo "$name: caught in $(tail -1 "$scratch/log" | cut -d' ' -f1) schedules of name servers that share an etcd"
    fi
}

run_scenario() {
    if failing | grep -qx "$1"; then echo "$name: caught by $1"; else escapes "$name: ESCAPED $1"; fi
}

run_test() {
    if (cd "$scratch/tree" && dotnet test Tests/JustHungry.Tests --no-build --nologo --filter "FullyQualifiedName~$1" >"$scratch/log" 2>&1); then
        escapes "$name: ESCAPED $1"
    else
        echo "$name: caught by $1: $(grep -A3 -m1 'Error Message' "$scratch/log" | sed '1d; s/^ *//' | tr '\n' ' ' | cut -c1-120)"
    fi
}

escaped=0
for name in "${names[@]}"; do
    if ! (cd "$scratch/tree" && patch -p1 --silent --no-backup-if-mismatch <"$here/$name.patch" >"$scratch/log" 2>&1); then
        echo "$name: DOES NOT APPLY" && cat "$scratch/log"
        exit 1
    fi
    read -r kind what < <(sed -n '2s/^Caught by: //p' "$here/$name.patch") || true
    case ${check:+check}${exhaustive:+exhaustive}:$kind in
    *:) escapes "$name: its second line does not say by what it is caught" ;;
    check:seeds | check:registers | check:scenario | check:test | exhaustive:registers | exhaustive:test) ;;
    exhaustive:*) if builds Tests/Simulator; then run_exhaustive; fi ;;
    :seeds) if builds Tests/Simulator; then run_seeds; fi ;;
    :registers) if builds Tests/Simulator; then run_registers; fi ;;
    :scenario) if builds Tests/Simulator; then run_scenario "$what"; fi ;;
    :test) if builds Tests/JustHungry.Tests; then run_test "$what"; fi ;;
    *) escapes "$name: no such way to catch it: $kind" ;;
    esac
    (cd "$scratch/tree" && patch -p1 -R --silent --no-backup-if-mismatch <"$here/$name.patch")
done
[ -n "$check" ] && echo "${#names[@]} patches apply"
exit $escaped
