# What tab offers, and that the same thing is called the same everywhere: a table over all cmdlets.
BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $inherited = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    $parameters = foreach ($command in Get-Command -Module OnionShare) {
        foreach ($parameter in $command.Parameters.Values | Where-Object Name -NotIn $inherited) {
            $taken = ($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ArgumentTransformationAttribute] } | ForEach-Object { $_.GetType().Name -replace 'Attribute$' }) -join ' '
            @{ Command = $command.Name; Parameter = $parameter.Name; Taken = $taken }
        }
    }
    $completed = $parameters | Where-Object { $_.Taken -match 'Duration|Size|Moment|ServiceName|SavedName' -or $_.Parameter -in 'Vault', 'Language', 'Country' }
    $names = $parameters | Where-Object { $_.Taken -match 'ServiceName|SavedName' }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)

    function Complete([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches }
}

Describe '<Command> -<Parameter>' -ForEach $completed {
    It 'is completed' {
        (Get-Command $Command).Parameters[$Parameter].Attributes.Where({ $_ -is [System.Management.Automation.ArgumentCompleterAttribute] }) | Should -Not -BeNullOrEmpty
    }
}

Describe 'The services that <Command> -<Parameter> means' -ForEach $names {
    It 'are given as Name and as Service, by the pipeline, too' {
        $real = (Get-Command $Command).Parameters[$Parameter]
        @($real.Name) + $real.Aliases | Should -Contain 'Name'
        @($real.Name) + $real.Aliases | Should -Contain 'Service'
        $real.Attributes.Where({ $_ -is [Parameter] }).ValueFromPipeline | Should -Contain $true
    }
}

Describe 'Tab' {
    It 'offers lengths of time that are taken as they stand' {
        foreach ($match in Complete 'Start-OnionShare x -StopAfter ') { [OnionShare.Cmdlets.Completion.DurationAttribute]::new().Transform($null, $match.CompletionText) | Should -BeGreaterThan ([timespan]::Zero) }
        (Complete 'Wait-OnionService x -Timeout 1d').CompletionText | Should -Be '1d', '1d12h'
    }

    It 'offers sizes that are taken as they stand' {
        (Complete 'Start-OnionReceive -MaxFileSize 1').CompletionText | Should -Be '10MB', '100MB', '1GB', '100GB'
        foreach ($match in Complete 'Start-OnionReceive -MinFreeSpace ') { [OnionShare.Cmdlets.Completion.SizeAttribute]::new().Transform($null, $match.CompletionText) | Should -BeGreaterThan 1e6 }
    }

    It 'offers times to come' {
        $offered = Complete 'Start-OnionChat -StopAt '
        $offered.Count | Should -BeGreaterThan 1
        foreach ($match in $offered) { [OnionShare.Cmdlets.Completion.MomentAttribute]::new().Transform($null, (Invoke-Expression "'$($match.CompletionText.Trim("'"))'")) | Should -BeGreaterThan (Get-Date) }
        ($offered | Select-Object -Last 1).CompletionText | Should -Match "^'\d{4}-\d\d-\d\d 09:00'$"
        (Complete 'Register-OnionScheduledTask a b -Daily -At 1').CompletionText | Should -Be (10..19 | ForEach-Object { "${_}:00" })
    }
}

Describe 'The names of saved services' {
    BeforeAll {
        $place = New-TestHome
        $null = Start-OnionChat -LocalOnly -Name 'kept room' -Save
        $null = Start-OnionChat -LocalOnly -Name passing
    }

    AfterAll { Remove-TestHome $place }

    It 'are offered behind -Saved, those that run otherwise, and both where both are meant' {
        (Complete 'Get-OnionService -Saved ').CompletionText | Should -Be "'kept room'"
        (Complete 'Get-OnionService ').CompletionText | Sort-Object | Should -Be "'kept room'", 'passing'
        Stop-OnionService 'kept room'
        (Complete 'Get-OnionService ').CompletionText | Should -Be 'passing'
        (Complete 'Grant-OnionAccess ').CompletionText | Sort-Object | Should -Be "'kept room'", 'passing'
    }

    It 'are offered where no engine runs, and none is started for it' {
        $engine = Get-OnionEngine
        Stop-OnionEngine -Force
        Wait-Process -Id $engine.ProcessId -ErrorAction Ignore -Timeout 60
        foreach ($line in 'Restore-OnionService ', 'Remove-OnionService k', 'Get-OnionService -Saved ', 'Grant-OnionAccess ', 'Register-OnionScheduledTask a ') {
            (Complete $line).CompletionText | Should -Be "'kept room'" -Because $line
        }
        (Complete 'Restore-OnionService ').ToolTip | Should -Be 'Saved, on 127.0.0.1'
        Get-OnionEngine | Should -BeNullOrEmpty
    }
}
