BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $cmdlets = (Import-PowerShellDataFile (Get-TestModule)).CmdletsToExport
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
}

Describe 'The module' {
    It 'has a valid manifest' {
        (Test-ModuleManifest (Get-TestModule)).Version | Should -Be '0.1.0'
    }

    It 'exports exactly the cmdlets its manifest names' {
        $named = (Import-PowerShellDataFile (Get-TestModule)).CmdletsToExport | Sort-Object
        $inAssembly = (Get-Module OnionShare).ImplementingAssembly.GetExportedTypes().
            ForEach({ $_.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false) }).
            ForEach({ "$($_.VerbName)-$($_.NounName)" }) | Sort-Object
        $inAssembly | Should -Be $named
        (Get-Command -Module OnionShare).Name | Sort-Object | Should -Be $named
    }

    It 'brings no assembly that is not its own' {
        (Get-ChildItem (Join-Path (Split-Path (Get-TestModule)) 'bin/*.dll')).Name |
            Sort-Object | Should -Be 'OnionShare.Cmdlets.dll', 'OnionShare.Contracts.dll'
    }

    It 'has about pages' {
        (Get-Help about_OnionShare | Out-String) | Should -Match 'onion service is a web server'
        (Get-Help about_OnionTor | Out-String) | Should -Match 'The ways to reach Tor'
        (Get-Help about_OnionClient | Out-String) | Should -Match 'A server is a stranger'
    }

    It '<_> names no cmdlet and no parameter that is not there' -ForEach 'about_OnionShare', 'about_OnionTor' {
        $text = (Get-Content -Raw (Join-Path (Split-Path (Get-TestModule)) "en-US/$_.help.txt")) -replace '`\r?\n\s*'
        $calls = foreach ($line in $text -split '\r?\n' -match '^ {8}') {
            [System.Management.Automation.Language.Parser]::ParseInput($line, [ref]$null, [ref]$null).FindAll(
                { $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -match '-Onion' }, $true)
        }
        $calls.Count | Should -BeGreaterThan 10
        foreach ($call in $calls) {
            $known = (Get-Command $call.GetCommandName() -ErrorAction Stop).Parameters.Keys
            $call.CommandElements.Where({ $_ -is [System.Management.Automation.Language.CommandParameterAst] }).ParameterName |
                Where-Object { $_ -and $_ -notin $known } | Should -BeNullOrEmpty -Because "$call"
        }
    }
}

Describe 'Help of <_>' -ForEach $cmdlets {
    BeforeAll { $help = Get-Help $_ -Full }

    It 'has a synopsis and a description of its own' {
        $help.Synopsis | Should -Not -Match '^\s*\w+-\w+ \['
        ($help.description | Out-String).Trim() | Should -Not -BeNullOrEmpty
    }

    It 'has two examples or more that are valid PowerShell and use the cmdlet' {
        $examples = @($help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 2
        foreach ($example in $examples) {
            $problems = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref]$null, [ref]$problems)
            $problems | Should -BeNullOrEmpty
            $example.code | Should -Match $_
        }
    }

    It 'describes every parameter, and none that is not there' {
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $real = (Get-Command $_).Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object
        $described = @($help.parameters.parameter).Where({ $_.name -and $_.description.Text }).name | Sort-Object
        $described | Should -Be $real
    }

    It 'says of each parameter whether it is mandatory and whether the pipeline feeds it, as it is' {
        foreach ($parameter in @($help.parameters.parameter).Where({ $_.name })) {
            $attributes = (Get-Command $_).Parameters[$parameter.name].Attributes.Where({ $_ -is [Parameter] })
            "$($parameter.name) $($parameter.required)" | Should -Be "$($parameter.name) $("$($attributes[0].Mandatory)".ToLower())"
            $feeds = if ($attributes.ValueFromPipeline -contains $true) { 'True (ByValue)' }
            elseif ($attributes.ValueFromPipelineByPropertyName -contains $true) { 'True (ByPropertyName)' }
            else { 'False' }
            "$($parameter.name) $($parameter.pipelineInput)" | Should -Be "$($parameter.name) $feeds"
        }
    }

    It 'tells beside the completion of each parameter what it is for' {
        # Those of Register-OnionEvent that are Register-ObjectEvent's come with PowerShell.
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters +
            [Microsoft.PowerShell.Commands.ObjectEventRegistrationBase].GetProperties().Name
        foreach ($parameter in (Get-Command $_).Parameters.Values.Where({ $_.Name -notin $common })) {
            $message = $parameter.Attributes.Where({ $_ -is [Parameter] })[0].HelpMessage
            $message | Should -Match '^[A-Z0-9].{5,150}\.$' -Because $parameter.Name
            $line = "$_ -$($parameter.Name)"
            $tooltip = (TabExpansion2 $line $line.Length).CompletionMatches.Where({ $_.CompletionText -eq "-$($parameter.Name)" }).ToolTip
            $tooltip | Should -BeLike "*$([WildcardPattern]::Escape($message))*"
        }
    }
}
