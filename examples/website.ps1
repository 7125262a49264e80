<#
.SYNOPSIS
    Serves a folder as a website for anybody who has the address, and says what happens meanwhile.
.EXAMPLE
    ./website.ps1 ./site
.EXAMPLE
    ./website.ps1 ./site -StopAfter 2h -LocalOnly
    For two hours; without Tor, to try it.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Path,
    [string] $StopAfter,
    [switch] $LocalOnly
)

$ErrorActionPreference = 'Stop'
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$options = @{ Path = $Path; Public = $true; LocalOnly = $LocalOnly }
if ($StopAfter) { $options.StopAfter = $StopAfter }

$site = Start-OnionWebsite @options
$events = Register-OnionEvent $site -EventType State, Warning -Action { Write-Host "$($EventArgs.Time) $($EventArgs.Message)" }
try {
    Write-Host "The site is at $($site.Url)"
    Write-Host 'Ctrl+C takes it down.'
    # Waiting a second at a time lets the actions of the events run in between.
    while (($site | Get-OnionService).State -notin 'Stopped', 'Failed') { Start-Sleep -Seconds 1 }
} finally {
    $site | Stop-OnionService -Force
    Unregister-Event $events.Name
}
