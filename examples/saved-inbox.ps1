<#
.SYNOPSIS
    Opens an inbox that keeps its address: made the first time, started again every other time. Gives its URL.
.DESCRIPTION
    It runs in the background until Stop-OnionService, and comes back at its address when this script is run after a reboot.
.EXAMPLE
    ./saved-inbox.ps1 ~/Inbox
.EXAMPLE
    Read-Host -AsSecureString | ./saved-inbox.ps1 ~/Inbox -Backup /media/stick/inbox.onionservice
    Also writes what Import-OnionService needs to open the inbox on another computer, encrypted with the passphrase from the pipe.
.EXAMPLE
    ./saved-inbox.ps1 ~/Inbox -Vault Work
    Keeps password and key in a vault of Microsoft.PowerShell.SecretManagement instead of on the disk.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Path,
    [string] $Name = 'inbox',
    [string] $Backup,
    [string] $Vault,
    [Parameter(ValueFromPipeline)] [object] $Passphrase,
    [switch] $LocalOnly
)

process {
    $ErrorActionPreference = 'Stop'
    $built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
    Import-Module ((Test-Path $built) ? $built : 'OnionShare')

    $where = if ($Vault) { @{ Vault = $Vault } } else { @{} }
    $isSaved = [bool](Get-OnionService -Saved @where | Where-Object Name -eq $Name)
    $inbox = if ($isSaved) { Restore-OnionService $Name -Detach @where }
    else { Start-OnionReceive $Path -Name $Name -Save -Detach -LocalOnly:$LocalOnly @where }
    if ($Backup) { $null = Export-OnionService $Name $Backup -Passphrase $Passphrase -Force @where }
    $inbox.Url
}
