@{
    ModuleVersion     = '1.0'
    GUID              = '0d3f2b5e-6f0a-4a57-9a2b-5d9f1c7e4b11'
    Author            = 'The OnionShare for PowerShell authors'
    Description       = 'A SecretManagement vault for the tests: a file for each secret, in a folder, in the clear.'
    NestedModules     = @('./FolderVault.Extension')
    FunctionsToExport = @()
    CmdletsToExport   = @()
    PrivateData       = @{ PSData = @{ Tags = @('SecretManagement') } }
}
