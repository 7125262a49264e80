<#
.SYNOPSIS
    Reaches Tor through bridges, and says what is wrong where that does not work. The settings that worked before are back then.
.EXAMPLE
    Get-Clipboard | ./tor-bridges.ps1
    With bridge lines that were copied from https://bridges.torproject.org or from a mail.
.EXAMPLE
    ./tor-bridges.ps1 -Path ./bridges.txt
.EXAMPLE
    ./tor-bridges.ps1 -BuiltIn Snowflake
.EXAMPLE
    ./tor-bridges.ps1 -Undo
    Without bridges again.
#>
#Requires -Version 7.6
[CmdletBinding(DefaultParameterSetName = 'Lines')]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline, ParameterSetName = 'Lines')] [AllowEmptyString()] [string[]] $Line,
    [Parameter(Mandatory, ParameterSetName = 'File')] [string] $Path,
    [Parameter(Mandatory, ParameterSetName = 'BuiltIn')] [ValidateSet('Obfs4', 'Snowflake', 'Meek')] [string] $BuiltIn,
    [Parameter(Mandatory, ParameterSetName = 'Undo')] [switch] $Undo
)

begin {
    $ErrorActionPreference = 'Stop'
    $built = Join-Path $PSScriptRoot '../module/OnionShare.psd1'
    Import-Module ((Test-Path $built) ? $built : 'OnionShare')
    $lines = [Collections.Generic.List[string]]::new()
}

process { foreach ($one in $Line) { $lines.Add($one) } }

end {
    # -PassThru, because it is connected anew right away: no word is needed on when the settings are used.
    $null = switch ($PSCmdlet.ParameterSetName) {
        'Lines' { Set-OnionTor -Bridge $lines -PassThru }
        'File' { Set-OnionTor -BridgeFile $Path -PassThru }
        'BuiltIn' { Set-OnionTor -BuiltInBridges $BuiltIn -PassThru }
        'Undo' { Set-OnionTor -NoBridges -PassThru }
    }

    try {
        $tor = Connect-OnionTor
    } catch {
        Write-Warning "$_ $($_.ErrorDetails.RecommendedAction)"
        Test-OnionTor
        return
    }

    $way = if ($tor.Transports) { "through $($tor.Transports -join ', ')" } else { 'without bridges' }
    Write-Host "Connected $way."
    $tor
}
