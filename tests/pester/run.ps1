# Runs the tests of the cmdlets against the built module and ends with the line
#   PESTER passed=N failed=N skipped=N
# Exit code 1 when a test failed or none was run. -Path picks single files; -Times names a file for lines «seconds test».
param([string[]] $Path = $PSScriptRoot, [string] $Times)

$manifest = Join-Path $PSScriptRoot '../../module/OnionShare.psd1'
if (-not (Test-Path (Join-Path $PSScriptRoot '../../module/bin/OnionShare.Cmdlets.dll'))) {
    Write-Host "The module is not built: run dotnet build first."
    Write-Host 'PESTER passed=0 failed=1 skipped=0'
    exit 1
}

try {
    Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.999 -ErrorAction Stop
    Import-Module $manifest -ErrorAction Stop
} catch {
    Write-Host "$_ (Pester 5 comes with the PowerShell of the tests: dotnet publish tests/OnionShare.Pwsh, then out/pwsh/pwsh)"
    Write-Host 'PESTER passed=0 failed=1 skipped=0'
    exit 1
}

$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration

if ($Times) {
    $result.Tests | ForEach-Object { [string]::Format([cultureinfo]::InvariantCulture, '{0:f1} {1}', $_.Duration.TotalSeconds, $_.ExpandedPath) } |
        Set-Content -LiteralPath $Times
}

# A block that could not be set up fails without one of its tests having failed.
$failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
Write-Host "PESTER passed=$($result.PassedCount) failed=$failed skipped=$($result.SkippedCount + $result.InconclusiveCount)"
exit [int]($failed -gt 0 -or $result.PassedCount -eq 0)
