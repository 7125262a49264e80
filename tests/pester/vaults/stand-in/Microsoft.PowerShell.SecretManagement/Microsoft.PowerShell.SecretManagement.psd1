@{
    ModuleVersion     = '0.0.1'
    GUID              = 'c7c2b0a4-9a3f-4a0e-8f5b-7a9f6f3f2d13'
    Author            = 'The OnionShare for PowerShell authors'
    Description       = 'A stand-in for the tests. It is not Microsoft.PowerShell.SecretManagement: it has the names and parameters of its cmdlets, where that is not installed.'
    RootModule        = 'Microsoft.PowerShell.SecretManagement.psm1'
    FunctionsToExport = @('Get-Secret', 'Get-SecretInfo', 'Get-SecretVault', 'Register-SecretVault', 'Remove-Secret', 'Set-Secret', 'Unregister-SecretVault')
}
