<#
.SYNOPSIS
    A share that is there from nine to five, on Windows: Task Scheduler starts and stops it, at the same address each day.
.DESCRIPTION
    Run it once. After that no PowerShell is needed: Task Scheduler runs the engine, while you are logged on. -Remove takes the tasks
    away again; the share stays saved.
.EXAMPLE
    ./scheduled-windows.ps1 $HOME\Documents\prices
.EXAMPLE
    ./scheduled-windows.ps1 $HOME\Documents\prices -From 8:30 -To 16:00
.EXAMPLE
    ./scheduled-windows.ps1 -Remove
#>
#Requires -Version 7.6
[CmdletBinding(DefaultParameterSetName = 'Hours')]
param(
    [Parameter(Mandatory, Position = 0, ParameterSetName = 'Hours')] [string] $Path,
    [Parameter(ParameterSetName = 'Hours')] [datetime] $From = '9:00',
    [Parameter(ParameterSetName = 'Hours')] [datetime] $To = '17:00',
    [Parameter(ParameterSetName = 'Hours')] [switch] $LocalOnly,
    [Parameter(Mandatory, ParameterSetName = 'Remove')] [switch] $Remove
)

$ErrorActionPreference = 'Stop'
if (-not $IsWindows) { throw 'This example is for Windows; on Linux see scheduled-systemd.ps1.' }
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$name = 'daily share'
if ($Remove) {
    Unregister-OnionScheduledTask "$name *"
    return
}

# Saved once, it has its address and its password for good. It is not to run yet.
if (-not (Get-OnionService -Saved | Where-Object Name -EQ $name)) {
    $share = Start-OnionShare $Path -Name $name -KeepSharing -LocalOnly:$LocalOnly -Detach -Save
    Write-Host 'Give this to whoever is to have the files; it answers at the hours you said:'
    Write-Host $share.Url
    $share | Stop-OnionService
}

Register-OnionScheduledTask "$name begins" $name -Daily -At $From -Force
Register-OnionScheduledTask "$name ends" $name -Daily -At $To -Action Stop -Force

Write-Host 'The tasks are in Task Scheduler (taskschd.msc), in the folder OnionShare.'
