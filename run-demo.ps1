#!/usr/bin/env pwsh
# A shop with three servers, one user, and a primary that is killed while the user's cart is open. Builds, tells the story, cleans up.
# Needs the .NET 10 SDK and PowerShell; works offline after the first restore. run-demo.sh is the same in bash.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Push-Location $PSScriptRoot

$bold = ''; $dim = ''; $plain = ''
if (-not [Console]::IsOutputRedirected -and -not $env:NO_COLOR) {
    $escape = [char]27
    $bold = "$escape[1;36m"; $dim = "$escape[2m"; $plain = "$escape[0m"
}

$utf8 = [System.Text.UTF8Encoding]::new($false)
[Console]::OutputEncoding = $utf8
$work = Join-Path ([IO.Path]::GetTempPath()) "justhungry-demo.$([guid]::NewGuid().ToString('N'))"
$null = New-Item -ItemType Directory $work
$running = [System.Collections.Generic.Dictionary[string, System.Diagnostics.Process]]::new() # everything started here
$said = [System.Collections.Generic.Dictionary[string, System.Text.StringBuilder]]::new() # what it has said
$reading = [System.Collections.Generic.Dictionary[string, object]]::new() # the read that is under way on each of its streams
$succeeded = $false

# The session that runs this script gets its environment back.
$changed = 'PATH', 'DOTNET_ROOT', 'JUSTHUNGRY_HOME', 'JUSTHUNGRY_NAME_SERVER', 'MSBUILDDISABLENODEREUSE', 'DOTNET_CLI_USE_MSBUILD_SERVER'
$before = @{}
foreach ($name in $changed) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }

function Say([string] $Text) { Write-Host "`n$bold── $Text$plain" }
function Show([string] $Text) { Write-Host "$dim   $Text$plain" }

# A command as a user types it, and what it prints.
function Run([string] $Program, [string[]] $Words) {
    Write-Host "`n$dim$ $Program $($Words -join ' ')$plain"
    & $Program @Words
    if ($LASTEXITCODE -ne 0) { throw "'$Program $($Words -join ' ')' ended with $LASTEXITCODE" }
}

# Asks again and again.
function Wait-Until([int] $Seconds, [string] $What, [scriptblock] $Holds) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Holds)) {
        if ($clock.Elapsed.TotalSeconds -gt $Seconds) { throw "not within $Seconds s: $What" }
        Start-Sleep -Milliseconds 50
    }
}

# Starts a program whose input and output are ours. Both streams are read all the time, or a full pipe would stop it.
function New-Process([string] $Name, [string] $Program, [string[]] $Words) {
    $start = [Diagnostics.ProcessStartInfo]::new((Get-Command $Program -CommandType Application | Select-Object -First 1).Source)
    foreach ($word in $Words) { $start.ArgumentList.Add($word) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = $utf8
    $start.StandardErrorEncoding = $utf8
    $process = [Diagnostics.Process]::Start($start)
    $running[$Name] = $process
    foreach ($stream in 'Output', 'Error') {
        $said["$Name.$stream"] = [Text.StringBuilder]::new()
        $reading["$Name.$stream"] = $null
    }
    return $process
}

# Takes what has arrived.
function Read-Said {
    foreach ($name in @($running.Keys)) {
        foreach ($stream in 'Output', 'Error') {
            $key = "$name.$stream"
            $reader = if ($stream -eq 'Output') { $running[$name].StandardOutput } else { $running[$name].StandardError }
            while ($true) {
                if ($null -eq $reading[$key]) {
                    $buffer = [char[]]::new(4096)
                    $reading[$key] = @{ Buffer = $buffer; Task = $reader.ReadAsync($buffer, 0, $buffer.Length) }
                }
                if (-not $reading[$key].Task.Wait(10)) { break }
                $count = $reading[$key].Task.Result
                if ($count -eq 0) { break }
                $null = $said[$key].Append($reading[$key].Buffer, 0, $count)
                $reading[$key] = $null
            }
        }
    }
}

# Runs a daemon in the background, waits for its ready line, and gives back where it listens.
function Start-Daemon([string] $Name, [string] $Program, [string[]] $Words = @()) {
    $process = New-Process $Name $Program $Words
    Wait-Until 20 "$Name is ready" { Read-Said; "$($said["$Name.Output"])" -match '(?m)^ready: ' }
    $line = "$($said["$Name.Output"])".Trim()
    Show "$line   (process $($process.Id))"
    return ($line -split ' ')[-1]
}

function Stop-All {
    foreach ($process in @($running.Values)) {
        # SIGTERM where there is one; elsewhere the servers survive being killed, which is the point of all this.
        if (-not $process.HasExited -and -not $IsWindows) { & kill -TERM $process.Id }
    }
    foreach ($process in @($running.Values)) {
        if ($IsWindows -or -not $process.WaitForExit(4000)) {
            if (-not $process.HasExited) { $process.Kill() }
            $process.WaitForExit()
        }
        $process.Dispose()
    }
    $running.Clear()
}

function Get-Status { frontend status --json | ConvertFrom-Json }

try {
    # ------------------------------------------------------------------------------------------------------------ build

    Say "Building"
    $env:MSBUILDDISABLENODEREUSE = '1'
    $env:DOTNET_CLI_USE_MSBUILD_SERVER = '0'
    $build = dotnet build --nologo -v quiet -p:UseSharedCompilation=false 2>&1
    if ($LASTEXITCODE -ne 0) {
        $build | Write-Host
        throw 'the build failed'
    }

    # The programs of a build find a runtime in a home directory only by this variable.
    if (-not $env:DOTNET_ROOT) {
        $runtime = dotnet --list-runtimes | Where-Object { $_ -match '^Microsoft\.NETCore\.App 10\.' } | Select-Object -Last 1
        if ($runtime -match '\[(.*)[/\\]shared[/\\].*\]') { $env:DOTNET_ROOT = $Matches[1] }
    }
    foreach ($project in 'NameServer', 'Server', 'FrontEnd', 'UserCli') {
        $env:PATH = (Join-Path $PSScriptRoot "$project/bin/Release/net10.0") + [IO.Path]::PathSeparator + $env:PATH
    }
    $env:JUSTHUNGRY_HOME = Join-Path $work 'home'

    # ------------------------------------------------------------------------------------------------------------ start

    Say "A name server, three servers and a front end start, each a process of its own"
    $env:JUSTHUNGRY_NAME_SERVER = Start-Daemon nameserver nameserver '--listen', '127.0.0.1:0'
    foreach ($id in '1', '2', '3') {
        $null = Start-Daemon "server-$id" server $id, '--postcodes', 'offline'
    }
    $null = Start-Daemon frontend frontend

    Run frontend status

    # ---------------------------------------------------------------------------------------------------------- session

    # The user's session is the real CLI with its menus. What stands after a question here is what Ada types.
    Say "Ada orders in the menus ('user')"
    $session = New-Process session user @()
    $script:shown = 0

    # What the session has printed since the last look.
    function Get-Unseen {
        Read-Said
        return "$($said['session.Output'])".Substring($script:shown)
    }

    # Waits until the session ends with the question, and shows what stands above it.
    function See([string] $Question) {
        Wait-Until 15 "the session asks '$Question'" { (Get-Unseen).EndsWith($Question) }
        $unseen = Get-Unseen
        $lastLine = $unseen.LastIndexOf("`n") + 1
        Write-Host $unseen.Substring(0, $lastLine) -NoNewline
        $script:shown += $lastLine
    }

    # Waits until the session ends with the question, shows all up to it, and types the text.
    function Answer([string] $Question, [string] $Text) {
        See $Question
        $unseen = Get-Unseen
        Write-Host "$unseen$bold$Text$plain"
        $script:shown += $unseen.Length
        $session.StandardInput.WriteLine($Text)
        $session.StandardInput.Flush()
    }

    Answer '> ' 'order'
    Answer 'First name: ' 'Ada'
    Answer 'Last name: ' 'King'
    Answer 'Phone number: ' '020-7946-0000'
    Answer 'Postcode: ' 'SW1A 1AA'
    Answer 'Address: ' "12 St James's Square"
    Answer 'ordering): ' 'apple'
    Answer 'apple: ' '2'
    Answer 'ordering): ' 'bread'
    Answer 'bread: ' '1'
    Answer 'ordering): ' 'done'
    Answer '(yes/no): ' 'yes'
    Answer '> ' 'same-day'
    Answer '(yes/no): ' 'yes'
    Answer 'pounds: ' '1.50'

    See '> '
    Say "Order 1 is on the disks of all three servers. She begins another…"
    Answer '> ' 'order'
    Answer '(yes/no): ' 'yes'
    Answer 'ordering): ' 'banana'
    Answer 'banana: ' '3'
    See 'ordering): '

    $primary = (Get-Status).view.primary
    Say "…and while her cart is open, the primary, server $primary, is killed (kill -9)"
    $victim = $running["server-$primary"]
    $victim.Kill()
    $victim.WaitForExit()
    $null = $running.Remove("server-$primary")

    Answer 'ordering): ' 'done'
    Answer '(yes/no): ' 'yes'
    Answer '> ' '2-hours'
    Answer '(yes/no): ' 'no'
    Answer '> ' 'quit'
    if (-not $session.WaitForExit(5000) -or $session.ExitCode -ne 0) { throw 'the session ended with an error' }
    $null = $running.Remove('session')

    Say "Her order went through. The front end had promoted another server"
    Read-Said
    "$($said['frontend.Error'])" -split "`n" | Where-Object { $_ -match ' (lost|promoted) ' } | Select-Object -Last 2 | ForEach-Object { Show $_.Trim() }
    Run frontend status

    Say "The next order, as a command, with two servers left"
    Run user order, '--item', 'kale=2', '--delivery', 'next-day'

    # ------------------------------------------------------------------------------------------------------------- back

    Say "Server $primary comes back with its disk, catches up, and is a member again"
    $null = Start-Daemon "server-$primary" server $primary, '--postcodes', 'offline'
    Wait-Until 15 "server $primary is a member" {
        (Get-Status).replicas | Where-Object { $_.id -eq $primary -and $_.role -eq 'backup' -and $_.initialised }
    }
    Run frontend status

    Say "She cancels order 2; its bananas are for sale again"
    Run user cancel, 2
    Run user products

    Say "Her history: three orders, none lost, none doubled"
    Run user orders
    $orders = (user orders --json | ConvertFrom-Json | ForEach-Object { "$($_.orderId) $($_.status)" }) -join ', '
    if ($orders -ne '1 Active, 2 Cancelled, 3 Active') { throw "the history is not what it should be: $orders" }

    Say "Everything stops"
    Stop-All
    Show 'no process and no file is left'
    $succeeded = $true
}
finally {
    # Also when interrupted: no process and no file stays behind.
    if (-not $succeeded) { Read-Said }
    Stop-All
    Remove-Item -Recurse -Force $work
    foreach ($name in $changed) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
    Pop-Location
    if (-not $succeeded) {
        foreach ($key in $said.Keys | Where-Object { $_ -like '*.Error' }) { Write-Host "==> $key <==`n$($said[$key])" }
    }
}
