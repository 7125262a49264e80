<#
.SYNOPSIS
    Takes files from visitors and moves what is complete into another folder, one folder for each submission.
.EXAMPLE
    ./inbox.ps1 ./inbox ./done
.EXAMPLE
    ./inbox.ps1 ./inbox ./done -MaxFileSize 2GB -LocalOnly
    Nothing above 2 GB; without Tor, to try it.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Path,
    [Parameter(Mandatory, Position = 1)] [string] $Done,
    [object] $MaxFileSize,
    [switch] $LocalOnly
)

$ErrorActionPreference = 'Stop'
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$options = @{ Path = $Path; LocalOnly = $LocalOnly }
if ($MaxFileSize) { $options.MaxFileSize = $MaxFileSize }

$inbox = Start-OnionReceive @options
try {
    Write-Host 'Give this to whoever is to send files; it opens in Tor Browser:'
    Write-Host $inbox.Url
    Write-Host 'Ctrl+C closes the inbox.'
    $inbox | Get-OnionTransfer -Follow -State Completed | ForEach-Object {
        $folder = Join-Path $Done ('{0:yyyy-MM-dd HHmmss} {1}' -f $_.EndedAt, $_.Id)
        $null = New-Item -ItemType Directory $folder
        Move-Item $_.Path $folder -PassThru
    }
} finally {
    # After Ctrl+C the inbox would live until this session ends; here it is to end with the script, cutting what is coming in.
    $inbox | Stop-OnionService -Force
}
