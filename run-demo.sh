#!/usr/bin/env bash
# A shop with three servers, one user, and a primary that is killed while the user's cart is open: Tests/Demo/Story.cs tells it.
# Builds first. Needs the .NET 10 SDK and bash; works offline after the first restore. run-demo.ps1 is the same in PowerShell.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v dotnet >/dev/null; then
  echo "run-demo.sh: the .NET 10 SDK is needed: https://dot.net" >&2
  exit 1
fi

echo "── Building"
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 # nothing of the build stays behind
if ! said=$(dotnet build --nologo -v quiet -p:UseSharedCompilation=false 2>&1); then
  printf '%s\nrun-demo.sh: the build failed\n' "$said" >&2
  exit 1
fi
exec dotnet Tests/Demo/bin/Release/net10.0/JustHungry.Demo.dll
