<#
.SYNOPSIS
    Fetches what somebody shares, and goes on where an earlier attempt was cut.
.EXAMPLE
    ./fetch.ps1 'http://onionshare:constrict-purity-lantern@<56 characters>.onion' -Path ~/Downloads
.EXAMPLE
    ./fetch.ps1 $url -Include *.pdf
    Only PDF files, those that are here left out.
#>
#Requires -Version 7.6
[CmdletBinding()]
param(
    [Parameter(Mandatory, Position = 0)] [string] $Url,
    [string] $Path = '.',
    [string[]] $Include,
    [switch] $LocalOnly
)

$ErrorActionPreference = 'Stop'
$built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
Import-Module ((Test-Path $built) ? $built : 'OnionShare')

$options = @{ Url = $Url; Path = $Path; Skip = $true; LocalOnly = $LocalOnly }
if ($Include) { $options.Include = $Include } else { $options.Expand = $true }

# What a short break does not explain is tried again later; what has arrived by then is not fetched again.
foreach ($attempt in 1..5) {
    try {
        Receive-OnionFile @options | Select-Object FullName, Length, Proof
        break
    } catch {
        if ($attempt -eq 5 -or $_.FullyQualifiedErrorId -notlike 'RemoteUnreachable*') { throw }
        Write-Warning "$_ Going on in a minute."
        Start-Sleep -Seconds 60
    }
}
