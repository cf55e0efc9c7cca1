#!/usr/bin/env pwsh
# A shop with three servers, one user, and a primary that is killed while the user's cart is open: Tests/Demo/Story.cs tells it.
# Builds first. Needs the .NET 10 SDK and PowerShell; works offline after the first restore. run-demo.sh is the same in bash.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) { throw 'the .NET 10 SDK is needed: https://dot.net' }

Write-Host '── Building'
$changed = 'MSBUILDDISABLENODEREUSE', 'DOTNET_CLI_USE_MSBUILD_SERVER' # nothing of the build stays behind
$before = @{}
foreach ($name in $changed) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
try {
    $env:MSBUILDDISABLENODEREUSE = '1'
    $env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'
    $said = dotnet build (Join-Path $PSScriptRoot 'JustHungry.sln') --nologo -v quiet -p:UseSharedCompilation=false 2>&1
}
finally {
    # The session that runs this script gets its environment back.
    foreach ($name in $changed) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
}
if ($LASTEXITCODE -ne 0) {
    $said | Write-Host
    throw 'the build failed'
}
dotnet (Join-Path $PSScriptRoot 'Tests/Demo/bin/Release/net10.0/JustHungry.Demo.dll')
exit $LASTEXITCODE
