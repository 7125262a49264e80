@{
    RootModule           = 'bin/OnionShare.Cmdlets.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '6d3b6a1e-5d0c-4b43-9a55-0a3f7a1c9e52'
    HelpInfoURI          = 'https://www.powershellgallery.com/packages/OnionShare'
    Author               = 'The OnionShare for PowerShell authors'
    CompanyName          = 'The OnionShare for PowerShell authors'
    Copyright            = '(c) The OnionShare for PowerShell authors. MIT license.'
    Description          = 'Share files, receive files, host a website and chat over Tor onion services from the pipeline: no account, no server, no port to open.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('OnionShare.format.ps1xml')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    CmdletsToExport      = @(
        'Clear-OnionHistory'
        'Connect-OnionTor'
        'Copy-OnionUrl'
        'Disconnect-OnionTor'
        'Enter-OnionChat'
        'Export-OnionService'
        'Get-OnionEngine'
        'Get-OnionFile'
        'Get-OnionLog'
        'Get-OnionScheduledTask'
        'Get-OnionService'
        'Get-OnionTor'
        'Get-OnionTransfer'
        'Grant-OnionAccess'
        'Import-OnionService'
        'Install-OnionTor'
        'Receive-OnionFile'
        'Receive-OnionMessage'
        'Register-OnionEvent'
        'Register-OnionScheduledTask'
        'Remove-OnionService'
        'Restore-OnionService'
        'Revoke-OnionAccess'
        'Save-OnionService'
        'Send-OnionFile'
        'Send-OnionMessage'
        'Set-OnionService'
        'Set-OnionTor'
        'Show-OnionUrl'
        'Start-OnionChat'
        'Start-OnionReceive'
        'Start-OnionShare'
        'Start-OnionWebsite'
        'Stop-OnionEngine'
        'Stop-OnionService'
        'Open-OnionService'
        'Test-OnionService'
        'Test-OnionTor'
        'Unregister-OnionScheduledTask'
        'Wait-OnionService'
        'Watch-OnionService'
    )
    PrivateData          = @{
        PSData = @{
            Tags       = @('Tor', 'Onion', 'OnionShare', 'FileSharing', 'Privacy', 'Security', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            ProjectUri = 'https://www.powershellgallery.com/packages/OnionShare'
            LicenseUri = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md beside the module.'
            Prerelease = 'alpha'
        }
    }
}
