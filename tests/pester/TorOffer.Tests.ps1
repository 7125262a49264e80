# With a stand-in for the engine, which has no tor until it is told to fetch one: that machines of tests have one must not matter.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'StandInEngine.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'AnsweringHost.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $engine = Start-StandInEngine
    $module = Get-TestModule
    $started = '{"id":"0badcafe","name":"chat","mode":"Chat","state":"Running","title":"Chat","url":"http://x.onion","clients":[],"paths":[],"warnings":[],"createdAt":"2026-01-01T00:00:00Z"}'
    $missing = '{"code":"tor-not-found","detail":"No tor was found on PATH or beside Tor Browser.","advice":"Fetch it with Install-OnionTor.","status":503}'
    $named = $missing -replace '"status"', '"target":"/opt/no/tor","status"'
    $installed = '{"version":"0.4.9.11","path":"/x/tor","source":"https://dist.torproject.org/x","sha256":"ab12","signedBy":"EF6E286D"}'
    Set-Answer $engine 'POST /v1/tor/install' $installed
}

AfterAll {
    Stop-StandInEngine $engine
    Remove-Item -Recurse -Force -LiteralPath $place.Root
    Remove-Item Env:ONIONSHARE_HOME
}

Describe 'Start-… where there is no tor' {
    BeforeEach {
        Set-Answer $engine 'POST /v1/services' $missing, $started -Success 201
        $engine.Requests.Clear()
    }

    It 'asks once whether to fetch one, says from where, how large and outside Tor; after a yes it fetches and goes on' {
        $run = Invoke-Asking $module 0 'Start-OnionChat'
        $run.Refusal | Should -BeNullOrEmpty
        $run.Output.Name | Should -Be 'chat'
        $run.Asked | Should -HaveCount 1
        foreach ($said in '*no tor on this computer*', '*dist.torproject.org*', '*MB*', '*outside Tor*', "*&Yes &No`n1") { $run.Asked | Should -BeLike $said }
        Get-Asked $engine 'POST /v1/tor/install' | Should -BeExactly '{"withoutSignature":false}'
        Get-Asked $engine 'POST /v1/services' | Should -HaveCount 2
    }

    It 'after a no it fetches nothing, and the error names Install-OnionTor' {
        $run = Invoke-Asking $module 1 'Start-OnionChat'
        $run.Asked | Should -HaveCount 1
        $run.Refusal.FullyQualifiedErrorId | Should -BeLike 'TorNotFound,*'
        $run.Refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Install-OnionTor*'
        Get-Asked $engine 'POST /v1/tor/install' | Should -BeNullOrEmpty
    }

    It 'after a yes the error of a fetch that fails is told, and nothing is asked again' {
        Set-Answer $engine 'POST /v1/tor/install' '{"code":"install-refused","detail":"The archive does not fit its checksum.","advice":"Try again.","status":502}'
        try { $run = Invoke-Asking $module 0 'Start-OnionChat' } finally { Set-Answer $engine 'POST /v1/tor/install' $installed }
        $run.Asked | Should -HaveCount 1
        $run.Refusal.FullyQualifiedErrorId | Should -BeLike 'InstallRefused,*'
        Get-Asked $engine 'POST /v1/services' | Should -HaveCount 1
    }

    It 'does not ask <When>' -ForEach @(
        @{ When = 'with -Confirm:$false'; Command = 'Start-OnionChat -Confirm:$false' }
        @{ When = 'for a job'; Command = 'Start-OnionChat -AsJob | Wait-Job -Timeout 60 | Receive-Job' }
    ) {
        $run = Invoke-Asking $module 0 $Command
        $run.Asked | Should -BeNullOrEmpty
        $run.Refusal.FullyQualifiedErrorId | Should -BeLike 'TorNotFound*'
        Get-Asked $engine 'POST /v1/tor/install' | Should -BeNullOrEmpty
    }

    It 'does not ask where the settings name a program that is not there' {
        Set-Answer $engine 'POST /v1/services' $named
        $run = Invoke-Asking $module 0 'Start-OnionChat'
        $run.Asked | Should -BeNullOrEmpty
        $run.Refusal.FullyQualifiedErrorId | Should -BeLike 'TorNotFound,*'
    }

    It 'does not ask in a pwsh <When>, and takes nothing from its standard input' -ForEach @(
        @{ When = '-NonInteractive'; Options = @('-NonInteractive') }
        @{ When = 'whose standard input is redirected'; Options = @() }
    ) {
        $script = "Import-Module '$module'; try { Start-OnionChat } catch { `$_.FullyQualifiedErrorId }; 'then: ' + [Console]::In.ReadLine()"
        $shell = @([Environment]::ProcessPath) + ((Split-Path -LeafBase ([Environment]::ProcessPath)) -eq 'dotnet' ? @(Join-Path $PSHOME pwsh.dll) : @())
        $arguments = @($shell | Select-Object -Skip 1) + '-NoProfile' + $Options + '-Command' + $script
        $said = 'y' | & $shell[0] @arguments
        $said[0] | Should -BeLike 'TorNotFound,*'
        $said[-1] | Should -Be 'then: y'
        Get-Asked $engine 'POST /v1/tor/install' | Should -BeNullOrEmpty
    }
}
