<#
.SYNOPSIS
    Opens a chat room, shows its URL as a QR code for phones, and says how many are there until Ctrl+C.
.EXAMPLE
    ./chat.ps1 'Desk 4'
.EXAMPLE
    ./chat.ps1 'Desk 4' -StopAfter 1h -LocalOnly
    For an hour; without Tor, to try it.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Position = 0)] [string] $Title = 'Chat',
    [string] $StopAfter,
    [switch] $LocalOnly
)

$ErrorActionPreference = 'Stop'
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$options = @{ Title = $Title; LocalOnly = $LocalOnly }
if ($StopAfter) { $options.StopAfter = $StopAfter }

$room = Start-OnionChat @options
try {
    $room | Show-OnionUrl | Write-Host
    Write-Host 'Ctrl+C closes the room; nothing of it is left then.'
    $members = -1
    while (($now = $room | Get-OnionService).State -notin 'Stopped', 'Failed') {
        if ($now.Members -ne $members) {
            $members = $now.Members
            Write-Host "$members in the room."
        }
        Start-Sleep -Seconds 2
    }
} finally {
    $room | Stop-OnionService -Force
}
