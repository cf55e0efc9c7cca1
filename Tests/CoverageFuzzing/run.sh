#!/usr/bin/env bash
# Fuzzes the decoders guided by coverage: builds this project, instruments a copy of the assemblies under test with SharpFuzz, and lets AFL++
# run it. Exit 1 if an input crashed or hung a decoder; it is kept, and `dotnet DIR/bin/JustHungry.CoverageFuzzing.dll --replay FILE` shows why.
#   run.sh [SECONDS] [DIR]      60 seconds, and a new directory under /tmp, unless said otherwise; a directory from before goes on
# Needs afl-fuzz (Debian: afl++) and NuGet. By hand only: CI runs Tests/JustHungry.Tests/Fuzzing, which needs neither.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seconds=${1:-60}
work=${2:-$(mktemp -d /tmp/justhungry-fuzz.XXXXXX)}
command -v afl-fuzz > /dev/null || { echo "run.sh: no afl-fuzz here: apt-get install afl++" >&2; exit 2; }

dotnet build -c Release -v q --nologo "$here" -o "$work/bin"
[ -x "$work/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tools" > /dev/null
[ -d "$work/seeds" ] || dotnet "$work/bin/JustHungry.CoverageFuzzing.dll" --seeds "$work/seeds"
rm -rf "$work/instrumented"
cp -r "$work/bin" "$work/instrumented"
for assembly in JustHungry.Protocol server MessagePack; do
  "$work/tools/sharpfuzz" "$work/instrumented/$assembly.dll"
done

export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_AUTORESUME=1
# 5 s: the first input compiles; no limit of memory by AFL++, since .NET reserves address space; the heap has one instead.
DOTNET_GCHeapHardLimit=0x8000000 afl-fuzz -V "$seconds" -t 5000 -m none -i "$work/seeds" -o "$work/findings" \
  -- dotnet "$work/instrumented/JustHungry.CoverageFuzzing.dll" > "$work/afl.log" 2>&1 || { tail -20 "$work/afl.log" >&2; exit 2; }
stats=$work/findings/default/fuzzer_stats
grep -E 'execs_done|execs_per_sec|corpus_count|saved_crashes|saved_hangs|edges_found' "$stats"
grep -qE 'saved_crashes *: 0' "$stats" && grep -qE 'saved_hangs *: 0' "$stats" || { echo "findings in $work/findings/default" >&2; exit 1; }
