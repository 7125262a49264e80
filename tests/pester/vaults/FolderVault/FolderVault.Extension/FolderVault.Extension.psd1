@{
    ModuleVersion     = '1.0'
    GUID              = '5b1c9a52-0f7e-4b53-8a0e-2f6f2d5f4c12'
    Author            = 'The OnionShare for PowerShell authors'
    RootModule        = 'FolderVault.Extension.psm1'
    FunctionsToExport = @('Get-Secret', 'Get-SecretInfo', 'Remove-Secret', 'Set-Secret', 'Test-SecretVault')
}
