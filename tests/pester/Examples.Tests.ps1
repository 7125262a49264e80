# Every example that people read is run as it stands, and leaves the reader with what it promises. See Examples.psm1.
BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Examples.psm1') -Force
    $all = Get-Example
    $sources = $all | Group-Object Source | ForEach-Object {
        @{ Source = $_.Name; Examples = @($_.Group | Where-Object { -not $_.Hindrance } | ForEach-Object { @{ Name = $_.Name; Code = $_.Code } }) }
    }
}

Describe 'The examples' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Examples.psm1') -Force
        $all = Get-Example
    }

    It 'are found in <Source>, at least <Found>, and at least <Run> of them are run' -ForEach @(
        @{ Source = 'help'; Found = 100; Run = 60 }
        @{ Source = 'about'; Found = 25; Run = 14 }
        @{ Source = 'guides'; Found = 25; Run = 20 }
        @{ Source = 'scripts'; Found = 24; Run = 10 }
    ) {
        $read = @($all | Where-Object Source -EQ $Source)
        $read.Count | Should -BeGreaterOrEqual $Found
        @($read | Where-Object { -not $_.Hindrance }).Count | Should -BeGreaterOrEqual $Run
    }

    It 'are scripts that PowerShell can read' {
        foreach ($example in $all) {
            $errors = $null
            $null = [Management.Automation.Language.Parser]::ParseInput($example.Code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because "$($example.Source), $($example.Name): $($example.Code)"
        }
    }

    It 'are only left out for a reason that still holds for some' {
        foreach ($pattern in Get-HindrancePattern) { @($all | Where-Object Code -Match $pattern).Count | Should -BeGreaterThan 0 -Because $pattern }
    }

    It 'ask for the PowerShell that the module asks for' {
        $floor = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../module/OnionShare.psd1')).PowerShellVersion
        foreach ($script in Get-ChildItem (Join-Path $PSScriptRoot '../../examples/*.ps1')) {
            [Management.Automation.Language.Parser]::ParseFile($script.FullName, [ref] $null, [ref] $null).ScriptRequirements.RequiredPSVersion |
                Should -Be ([version]$floor) -Because $script.Name
        }
    }
}

Describe 'Defaults of one''s own' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
        Import-Module (Join-Path $PSScriptRoot 'Examples.psm1') -Force
        Import-Module (Get-TestModule)
        $place = New-TestHome
    }

    AfterAll { Remove-TestHome $place }

    It 'as the help shows them for a profile, are those of the next start, and what is given stands above them' {
        $profileText = (Get-Example | Where-Object { $_.Source -eq 'about' -and $_.Code -match 'PSDefaultParameterValues' }).Code.Replace('~/Inbox', (Join-Path $place.Root 'Inbox'))
        $said = Invoke-Session "
            $profileText
            (Start-OnionReceive -LocalOnly).Paths
            (Start-OnionChat -LocalOnly).Language
            (Start-OnionShare '$($place.Files)' -LocalOnly).MostDownloads
            (Start-OnionShare '$($place.Files)' -LocalOnly -KeepSharing:`$false -Language de).Language
            (Get-OnionService -Mode Share).Count"
        $said -split '\r?\n' | Should -Be (Join-Path $place.Root 'Inbox'), 'fa', 'de', '2'
    }
}

Describe 'The examples in <Source>' -ForEach $sources {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
        Import-Module (Join-Path $PSScriptRoot 'Examples.psm1') -Force
        Import-Module (Get-TestModule)
        $place = New-TestHome
        $results = @{}
        $batch = @(Get-Example | Where-Object { $_.Source -eq $Source -and -not $_.Hindrance })
        Invoke-ExampleBatch $batch $place | ForEach-Object { $results[$_.Name] = $_ }
    }

    AfterAll { Remove-TestHome $place }

    It '<Name>' -ForEach $Examples {
        $result = $results[$Name]
        $result | Should -Not -BeNullOrEmpty
        $screen = "`n$Code`n---`n$($result.Output)"
        $result.Errors | Should -BeNullOrEmpty -Because $screen
        $result.IsHanging | Should -BeFalse -Because "it should end when its services do:$screen"
        # Whoever starts a service has the link on the screen, and it leads there.
        $commands = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $null).FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
        $starts = @($commands | Where-Object { $_.GetCommandName() -match '^(Start-Onion(Share|Receive|Website|Chat)|Restore-OnionService)$' -or $_.GetCommandName() -like './*.ps1' })
        # Restore-OnionService may give that of a service that runs.
        $least = [Math]::Max(1, @($starts | Where-Object { $_.GetCommandName() -ne 'Restore-OnionService' }).Count)
        if ($starts -and $Code -notmatch '-WhatIf|curl .*-o') { @($result.Links).Count | Should -BeGreaterOrEqual $least -Because "each start shows its link:$screen" }
        $result.Dead | Should -BeNullOrEmpty -Because "a link leads to a page:$screen"
        # Who asks for something gets an answer.
        if ($commands -and $commands[-1].GetCommandName() -match '^(Get-Onion|Show-|Wait-|Export-|Import-|Copy-)' -and $Code -notmatch '[|] (Where|Stop)|Beep|Get-OnionTransfer \w+$') { $result.Output | Should -Not -BeNullOrEmpty -Because $screen }
    }
}
