# The engine, run by a PowerShell: pwsh -NoProfile -File engine.ps1 share --help
# The cmdlets start it so, with DOTNET_STARTUP_HOOKS set: then .NET runs the engine before PowerShell is set up, and this script is never read. It is
# read, and does the same more slowly, where that is not so: a host without startup hooks, Task Scheduler, a person.
$null = Add-Type -Path (Join-Path $PSScriptRoot 'OnionShare.Host.dll')
$all = [OnionShare.Host.EngineHost]::Arguments([Environment]::GetCommandLineArgs())
exit [OnionShare.Host.EngineHost]::Run($null -eq $all ? $args : $all)
