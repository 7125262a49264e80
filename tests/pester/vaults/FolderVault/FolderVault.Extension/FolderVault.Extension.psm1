# A vault of the tests' own: a file for each secret in the folder that VaultParameters names, in the clear. A file named
# 'fault' in that folder says what it does wrong:
#   locked     it opens for nobody
#   read-only  it keeps nothing, and says so
#   forgetful  it keeps nothing, and does not say so
#   clinging   it removes nothing, and does not say so
#   slow       it makes a file named 'entered' and waits for one named 'go on', 20 s at most

function Open-Folder([hashtable] $AdditionalParameters) {
    $folder = $AdditionalParameters.Folder
    $fault = Get-Fault $folder
    if ($fault -eq 'locked') { throw [InvalidOperationException]::new('The lock of this vault is shut.') }
    if ($fault -eq 'slow') {
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $null = New-Item -Force (Join-Path $folder 'entered')
        while (-not (Test-Path (Join-Path $folder 'go on')) -and $watch.Elapsed.TotalSeconds -lt 20) { Start-Sleep -Milliseconds 20 }
    }
    $folder
}

function Get-Fault([string] $Folder) {
    $fault = Join-Path $Folder 'fault'
    if (Test-Path $fault) { Get-Content $fault }
}

function Get-Secret {
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    $file = Join-Path (Open-Folder $AdditionalParameters) "$Name.secret"
    if (-not (Test-Path -LiteralPath $file)) { return }
    $type, $text = (Get-Content -Raw -LiteralPath $file) -split ':', 2
    if ($type -eq 'Hashtable') { return @{ Something = $text } }
    if ($type -eq 'SecureString') { return ConvertTo-SecureString $text -AsPlainText -Force }
    $text
}

function Set-Secret {
    param([string] $Name, [object] $Secret, [string] $VaultName, [hashtable] $AdditionalParameters)
    $folder = Open-Folder $AdditionalParameters
    $fault = Get-Fault $folder
    if ($fault -eq 'read-only') { throw [InvalidOperationException]::new('Nobody writes here.') }
    if ($fault -eq 'forgetful') { return }
    $text = switch ($Secret) {
        { $_ -is [securestring] } { 'SecureString:' + [Net.NetworkCredential]::new('', $Secret).Password }
        { $_ -is [hashtable] } { 'Hashtable:' + $Secret.Something }
        default { "String:$Secret" }
    }
    Set-Content -NoNewline -LiteralPath (Join-Path $folder "$Name.secret") $text
}

function Remove-Secret {
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    $folder = Open-Folder $AdditionalParameters
    if ((Get-Fault $folder) -eq 'clinging') { return }
    Remove-Item -LiteralPath (Join-Path $folder "$Name.secret")
}

# Takes no notice of the filter, as some vaults do.
function Get-SecretInfo {
    param([string] $Filter, [string] $VaultName, [hashtable] $AdditionalParameters)
    $information = 'Microsoft.PowerShell.SecretManagement.SecretInformation' -as [type]
    foreach ($file in Get-ChildItem -LiteralPath (Open-Folder $AdditionalParameters) -Filter '*.secret') {
        if ($information) { $information::new($file.BaseName, 'String', $VaultName) }
        else { [pscustomobject]@{ Name = $file.BaseName; Type = 'String'; VaultName = $VaultName } }
    }
}

function Test-SecretVault {
    param([string] $VaultName, [hashtable] $AdditionalParameters)
    Test-Path $AdditionalParameters.Folder
}
