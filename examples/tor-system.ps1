<#
.SYNOPSIS
    Uses a tor that runs already, that of the system or another one, in place of one of the engine's own.
.DESCRIPTION
    Without -ControlEndpoint the usual sockets and ports are tried. Tests the whole way in the end, an onion service of its own included.
.EXAMPLE
    ./tor-system.ps1
    On Debian after: apt install tor; adduser YOU debian-tor; a new login.
.EXAMPLE
    ./tor-system.ps1 -ControlEndpoint 127.0.0.1:9051 -Password (Read-Host -AsSecureString)
.EXAMPLE
    ./tor-system.ps1 -ControlEndpoint 192.0.2.10:9051 -Password (Read-Host -AsSecureString) -BindAddress 192.0.2.20
    A tor on another host, which reaches this one at 192.0.2.20.
.EXAMPLE
    ./tor-system.ps1 -Undo
#>
#Requires -Version 7.6
[CmdletBinding(DefaultParameterSetName = 'Use')]
param(
    [Parameter(Position = 0, ParameterSetName = 'Use')] [string] $ControlEndpoint,
    [Parameter(ParameterSetName = 'Use')] [securestring] $Password,
    [Parameter(ParameterSetName = 'Use')] [string] $BindAddress,
    [Parameter(Mandatory, ParameterSetName = 'Undo')] [switch] $Undo
)

$ErrorActionPreference = 'Stop'
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

if ($Undo) {
    (Set-OnionTor -Reset Connection, ControlEndpoint, ControlPassword, BindAddress -PassThru).Settings
    return
}

$settings = @{ Connection = $ControlEndpoint ? 'ControlEndpoint' : 'System' }
if ($ControlEndpoint) { $settings.ControlEndpoint = $ControlEndpoint }
if ($Password) { $settings.ControlPassword = $Password }
if ($BindAddress) { $settings.BindAddress = $BindAddress }

# When it does not connect, this ends here with what is wrong, and the settings are as they were.
$tor = Set-OnionTor @settings -PassThru | Connect-OnionTor
Write-Host "Connected by $($tor.Source), tor $($tor.Version)."
Test-OnionTor
