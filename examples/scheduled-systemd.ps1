<#
.SYNOPSIS
    An inbox with opening hours, on Linux: systemd opens and closes it, Monday to Friday, at the same address each time.
.DESCRIPTION
    Run it once. After that no PowerShell is needed: systemd runs the engine. -Remove takes the hours away again; the inbox stays saved.
.EXAMPLE
    ./scheduled-systemd.ps1 ~/Inbox
.EXAMPLE
    ./scheduled-systemd.ps1 ~/Inbox -Opens 8:30 -Closes 16:00
.EXAMPLE
    ./scheduled-systemd.ps1 -Remove
#>
#Requires -Version 7.6
[CmdletBinding(DefaultParameterSetName = 'Hours')]
param(
    [Parameter(Mandatory, Position = 0, ParameterSetName = 'Hours')] [string] $Path,
    [Parameter(ParameterSetName = 'Hours')] [datetime] $Opens = '9:00',
    [Parameter(ParameterSetName = 'Hours')] [datetime] $Closes = '17:00',
    [Parameter(ParameterSetName = 'Hours')] [switch] $LocalOnly,
    [Parameter(Mandatory, ParameterSetName = 'Remove')] [switch] $Remove
)

$ErrorActionPreference = 'Stop'
if (-not $IsLinux) { throw 'This example is for Linux with systemd; on Windows see scheduled-windows.ps1.' }
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$name = 'office inbox'
if ($Remove) {
    Unregister-OnionScheduledTask "$name *"
    return
}

# Saved once, it has its address and its password for good. It is not to run yet.
if (-not (Get-OnionService -Saved | Where-Object Name -EQ $name)) {
    $null = New-Item -ItemType Directory -Force $Path
    $inbox = Start-OnionReceive -Path $Path -Name $name -LocalOnly:$LocalOnly -Detach -Save
    Write-Host 'Give this to whoever is to send you something; it answers in the opening hours:'
    Write-Host $inbox.Url
    $inbox | Stop-OnionService
}

$week = 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'
Register-OnionScheduledTask "$name opens" $name -Weekly -At $Opens -DaysOfWeek $week -Force
Register-OnionScheduledTask "$name closes" $name -Weekly -At $Closes -DaysOfWeek $week -Action Stop -Force

Write-Host 'What systemd has to say of it: systemctl --user list-timers, journalctl --user -u onionshare-engine'
