<#
.SYNOPSIS
    Shares files or folders until they have been downloaded once, and shows the downloads meanwhile.
.EXAMPLE
    ./share.ps1 ./report.pdf
.EXAMPLE
    ./share.ps1 ./photos -StopAfter 2h
    For two hours, to any number of people.
.EXAMPLE
    ./share.ps1 ./photos -LocalOnly
    Without Tor, to try it.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string[]] $Path,
    [string] $StopAfter,
    [switch] $LocalOnly
)

$ErrorActionPreference = 'Stop'
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$options = @{ Path = $Path; LocalOnly = $LocalOnly }
if ($StopAfter) { $options += @{ StopAfter = $StopAfter; KeepSharing = $true } }

$share = Start-OnionShare @options
try {
    Write-Host 'Give this to whoever is to have the files; it opens in Tor Browser:'
    Write-Host $share.Url
    Write-Host 'Ctrl+C ends the share.'
    $share | Get-OnionTransfer -Follow
    ($share | Get-OnionService).StopReason
} finally {
    # After Ctrl+C the share would live until this session ends; here it is to end with the script.
    $share | Stop-OnionService -Force
}
