# Not SecretManagement, but what the module under test calls of it: the same names and parameters, in front of the extension modules
# of the tests. It proves the calls, and nothing about the real one.
$vaults = [ordered]@{}

function Get-Registered([string] $Vault) {
    if (-not $vaults.Contains($Vault)) { throw "Vault $Vault does not exist in registry." }
    $vaults[$Vault]
}

# As the real one does: what the vault throws becomes an error that says little, with the cause inside.
function Invoke-Vault([System.Management.Automation.PSCmdlet] $Caller, [string] $Vault, [string] $Command, [hashtable] $Parameters, [string] $Purpose) {
    $registered = Get-Registered $Vault
    try {
        & $registered.Module { param($Command, $Parameters) & $Command @Parameters } $Command ($Parameters + @{ VaultName = $Vault; AdditionalParameters = $registered.VaultParameters })
    } catch {
        $Caller.WriteError([System.Management.Automation.ErrorRecord]::new(
                [System.Management.Automation.PSInvalidOperationException]::new($Purpose, $_.Exception), 'Invalid', 'InvalidOperation', $Vault))
    }
}

function Register-SecretVault {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string] $ModuleName, [string] $Name, [hashtable] $VaultParameters)
    $nested = (Get-ChildItem $ModuleName -Recurse -Filter '*.Extension.psd1')[0].FullName
    $vaults[$Name] = [pscustomobject]@{
        Name = $Name; ModuleName = Split-Path -Leaf $ModuleName; VaultParameters = $VaultParameters; Module = Import-Module $nested -PassThru -Scope Local
    }
}

function Unregister-SecretVault {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string] $Name)
    $vaults.Remove($Name)
}

function Get-SecretVault {
    [CmdletBinding()]
    param([string[]] $Name)
    $vaults.Values
}

function Get-SecretInfo {
    [CmdletBinding()]
    param([string] $Name = '*', [string] $Vault)
    Invoke-Vault $PSCmdlet $Vault Get-SecretInfo @{ Filter = $Name } "Unable to get secret information from vault $Vault"
}

function Get-Secret {
    [CmdletBinding()]
    param([Parameter(Mandatory)] [string] $Name, [string] $Vault, [switch] $AsPlainText)
    $secret = Invoke-Vault $PSCmdlet $Vault Get-Secret @{ Name = $Name } "Unable to get secret $Name from vault $Vault"
    if ($AsPlainText -and $secret -is [securestring]) { [Net.NetworkCredential]::new('', $secret).Password }
    elseif (-not $AsPlainText -and $secret -is [string]) { ConvertTo-SecureString $secret -AsPlainText -Force }
    else { $secret }
}

function Set-Secret {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [object] $Secret, [string] $Vault, [hashtable] $Metadata, [switch] $NoClobber)
    if ($PSCmdlet.ShouldProcess($Vault, 'Write secret')) {
        Invoke-Vault $PSCmdlet $Vault Set-Secret @{ Name = $Name; Secret = $Secret } "Unable to add secret $Name to vault $Vault"
    }
}

function Remove-Secret {
    [CmdletBinding(SupportsShouldProcess)]
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Vault)
    if ($PSCmdlet.ShouldProcess($Vault, 'Remove secret')) {
        Invoke-Vault $PSCmdlet $Vault Remove-Secret @{ Name = $Name } "Unable to remove secret $Name from vault $Vault"
    }
}
