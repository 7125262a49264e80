# What somebody does with scheduled tasks, under a systemd that runs; tells what came of it as JSON. See ScheduledTasks.Live.Tests.ps1.
param([string] $Place)
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '../Support.psm1')
Import-Module (Get-TestModule)
$env:ONIONSHARE_HOME = Join-Path $Place 'home/state'
$inbox = Join-Path $Place 'home/inbox'
$seen = [ordered]@{}

function Wait-Long([scriptblock] $Condition, [string] $What) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt 240) { throw "It did not come to this: $What`n$(systemctl --user status --no-pager 'onionshare-*' 2>&1 | Out-String)" }
        [Threading.Thread]::Sleep(200)
    }
}

Start-OnionReceive -Path $inbox -LocalOnly -Name inbox -Save -Detach -WarningAction SilentlyContinue | Stop-OnionService
Stop-OnionEngine -Force

# Late enough to be registered by then: what limits this machine gives is tried first.
$task = Register-OnionScheduledTask open inbox -Daily -At (Get-Date).AddSeconds(60) -WarningVariable warnings -WarningAction SilentlyContinue
$seen.Warnings = @("$warnings")
# Registering asked an engine of this session, which would be used while it is there; systemd supervises its own only.
Stop-OnionEngine -Force
$seen.Before = $task.LastResult
Wait-Long { Get-OnionService inbox -State Running -ErrorAction Ignore } 'the timer fired and the inbox runs'
$first = Get-OnionEngine
$letter = Join-Path $Place 'letter.txt'
Set-Content -NoNewline -LiteralPath $letter 'a letter'
$seen.Upload = Send-Upload (Get-OnionService inbox) $letter
$seen.Arrived = @(Get-ChildItem $inbox -Recurse -File).Name
Wait-Long { (Get-OnionScheduledTask open).LastRun } 'systemd tells that the task has run'
$seen.LastResult = (Get-OnionScheduledTask open).LastResult

Stop-Process -Id $first.ProcessId -Force
Wait-Long { ($next = Get-OnionEngine) -and $next.ProcessId -ne $first.ProcessId } 'systemd started the engine again'
Wait-Long { Get-OnionService inbox -State Running -ErrorAction Ignore } 'the inbox came back'
$seen.UploadAgain = Send-Upload (Get-OnionService inbox) $letter

$null = Register-OnionScheduledTask close inbox -Daily -At (Get-Date).AddSeconds(40) -Action Stop -WarningAction SilentlyContinue
Wait-Long { -not (Get-OnionService inbox -ErrorAction Ignore) } 'the inbox was stopped by its task'
Unregister-OnionScheduledTask open, close
$seen.Tasks = @(Get-OnionScheduledTask).Count
$seen.Files = @(Get-ChildItem (Join-Path $env:XDG_CONFIG_HOME 'systemd/user') -Recurse -File).Count
Stop-OnionEngine -Force
$seen | ConvertTo-Json
