#!/usr/bin/env bash
# Proves that the simulator finds bugs: applies each patch here to a scratch copy of the tree, builds it, and runs seeds until one
# violates. Prints how many seeds each took; exit 1 if a bug escaped.
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

escaped=0
for name in "${names[@]}"; do
    if ! (cd "$scratch/tree" && patch -p1 --silent --no-backup-if-mismatch <"$here/$name.patch" >"$scratch/log" 2>&1); then
        echo "$name: DOES NOT APPLY" && cat "$scratch/log"
        exit 1
    fi
    if [ -z "$check" ]; then
        simulator=$scratch/tree/Tests/Simulator/bin/Release/net10.0/JustHungry.Simulator
        by=
        if ! (cd "$scratch/tree" && dotnet build Tests/Simulator --nologo -v q -p:TreatWarningsAsErrors=false -p:RunAnalyzers=false >"$scratch/log" 2>&1); then
            echo "$name: DOES NOT BUILD" && grep -m3 'error' "$scratch/log"
            escaped=1
        elif [ -n "$exhaustive" ]; then
            "$simulator" --exhaustive all --seconds "$exhaustive" >"$scratch/log" || true
            found=$(grep -m1 ', 1 violations' "$scratch/log" || true)
            echo "$name: ${found:-not found by exhaustive search}"
            [ -n "$found" ] || escaped=1
        else
            "$simulator" --scenarios >"$scratch/played" || by=$(sed -n 's/^\([A-Z][A-Za-z]*_[A-Za-z_]*\):.*/\1/p' "$scratch/played" | head -1)
            if ! "$simulator" --seeds "$seeds" --stop >"$scratch/log"; then
                echo "$name: caught in $(tail -1 "$scratch/log" | cut -d' ' -f1) seeds: $(sed -n '/^seed/{p;q}' "$scratch/log" | cut -c1-120)${by:+ (and by $by)}"
            elif [ -n "$by" ]; then
                echo "$name: not in $seeds seeds, but caught by $by"
            else
                echo "$name: ESCAPED $seeds seeds and every scenario"
                escaped=1
            fi
        fi
    fi
    (cd "$scratch/tree" && patch -p1 -R --silent --no-backup-if-mismatch <"$here/$name.patch")
done
[ -n "$check" ] && echo "${#names[@]} patches apply"
exit $escaped
