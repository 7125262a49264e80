# Where tor does not connect: what Connect-OnionTor asks a person, the Tor Project and the engine, with an engine that answers as the test wants.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'StandInEngine.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'AnsweringHost.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $engine = Start-StandInEngine
    $module = Get-TestModule
    $connect, $ask, $change = 'POST /v1/tor/connect', 'POST /v1/tor/bridges', 'PATCH /v1/tor/settings'
    $blocked = '{"code":"tor-not-connected","detail":"tor is not connected to the Tor network after 5 s.","advice":"Check the network.","status":504}'
    $outside = '{"code":"outside-tor","detail":"This question would NOT go through Tor. The provider would see you.","advice":"No.","status":403}'
    $obfs4 = '{"transport":"obfs4","source":"bridgedb","country":"ir","lines":["obfs4 one","obfs4 two"]}'
    $webtunnel = '{"transport":"webtunnel","source":"bridgedb","country":"ir","lines":["webtunnel x"],"missing":"No webtunnel-client. Install it."}'
    $snowflake = '{"transport":"snowflake","source":"builtin","country":"ir","lines":["snowflake one"]}'
    $off = $engine.Answers['GET /v1/tor'].Peek()[2]
    $connected = '{"state":"Connected","bootstrapPercent":100,"transports":["snowflake"]}'
    $settings = $engine.Answers['GET /v1/tor/settings'].Peek()[2]
}

AfterAll {
    Stop-StandInEngine $engine
    Remove-Item -Recurse -Force -LiteralPath $place.Root
    Remove-Item Env:ONIONSHARE_HOME
}

Describe 'Connect-OnionTor where tor does not connect' {
    BeforeEach {
        Set-Answer $engine 'GET /v1/tor' $off
        Set-Answer $engine 'GET /v1/tor/settings' $settings
        Set-Answer $engine $connect $blocked
        Set-Answer $engine $ask $outside, "[$obfs4,$webtunnel,$snowflake]"
        $engine.Requests.Clear()
    }

    It 'asks once, says who would see what, and after a yes tries one kind after the other until one connects, which stays' {
        Set-Answer $engine $connect $blocked, $blocked, $connected
        $run = Invoke-Asking $module 0 'Connect-OnionTor -Country IR 6>&1'
        $run.Refusal | Should -BeNullOrEmpty
        $run.Asked | Should -HaveCount 1
        foreach ($said in '*tor does not connect*', '*after 5 s*', '*The provider would see you.*', "*&Yes &No`n1") { $run.Asked | Should -BeLike $said }
        (Get-Asked $engine $ask | ConvertFrom-Json).outsideTor | Should -Be $false, $true
        (Get-Asked $engine $ask)[1] | Should -BeExactly '{"country":"ir","route":"Meek","outsideTor":true}'
        Get-Asked $engine $change | Should -Be '{"bridges":["obfs4 one","obfs4 two"],"builtInBridges":null}', '{"bridges":["snowflake one"],"builtInBridges":null}'
        $run.Output[-1] | Should -BeOfType OnionShare.OnionTor
        "$($run.Output)" | Should -BeLike '*Trying 2 obfs4 bridges from the Tor Project, recommended for ir.*No connection by 2 obfs4 bridges*after 5 s.*Trying 1 snowflake bridge*connected by 1 snowflake bridge*'
    }

    It 'asks nobody else after a no, and its error is that of the connection' {
        $run = Invoke-Asking $module 1 'Connect-OnionTor'
        $run.Asked | Should -HaveCount 1
        "$($run.Refusal)" | Should -BeLike '*after 5 s*'
        (Get-Asked $engine $ask | ConvertFrom-Json).outsideTor | Should -Be $false
        Get-Asked $engine $change | Should -BeNullOrEmpty
    }

    It 'does not ask with -AutoBridge: it warns before anything leaves this computer' {
        Set-Answer $engine $connect $blocked, $connected
        Connect-OnionTor -AutoBridge -Source https://api.example/moat -MeekBridge m -WarningVariable warning -WarningAction SilentlyContinue 6>$null | Should -Not -BeNullOrEmpty
        "$($warning[0])" | Should -BeLike '*ASKING FOR BRIDGES OUTSIDE TOR*The provider would see you.*'
        "$($warning[1])" | Should -BeExactly 'No webtunnel-client. Install it.'
        (Get-Asked $engine $ask)[1] | Should -BeExactly '{"route":"Meek","outsideTor":true,"source":"https://api.example/moat","meekBridge":"m"}'
    }

    It 'tries what is built in where nobody answers, and leaves the settings as they were where nothing connects' {
        Set-Answer $engine 'GET /v1/tor/settings' ($settings -replace '"bridges":\[\]', '"bridges":["obfs4 mine"]')
        Set-Answer $engine $ask $outside, '{"code":"bridges-not-found","detail":"The service can''t be reached.","advice":"Try later.","status":502}'
        { Connect-OnionTor -AutoBridge -WarningVariable script:warning -WarningAction SilentlyContinue 6>$null } | Should -Throw '*neither as it is set nor by bridges*Tried: the built-in obfs4*snowflake*meek*'
        "$($warning[-1])" | Should -BeLike 'No bridges came: The service can''t be reached.*'
        Get-Asked $engine $change | Should -Be '{"bridges":[],"builtInBridges":"Obfs4"}', '{"bridges":[],"builtInBridges":"Snowflake"}', '{"bridges":[],"builtInBridges":"Meek"}', '{"bridges":["obfs4 mine"],"builtInBridges":null}'
    }

    It 'goes on with the next where there is no program for a kind' {
        Set-Answer $engine $ask $outside, "[$snowflake]"
        Set-Answer $engine $change '{"code":"transport-not-found","detail":"No program.","advice":"Install it.","status":503}', $settings
        Set-Answer $engine $connect $blocked, $connected
        try { Connect-OnionTor -AutoBridge -WarningAction SilentlyContinue 6>$null | Should -Not -BeNullOrEmpty } finally { Set-Answer $engine $change $settings }
        (Get-Asked $engine $change)[1] | Should -BeExactly '{"bridges":[],"builtInBridges":"Obfs4"}'
    }

    It 'neither asks a person nor anybody else <When>' -ForEach @(
        @{ When = 'with -AutoBridge:$false'; Line = 'Connect-OnionTor -AutoBridge:$false' }
        @{ When = 'with -Confirm:$false'; Line = 'Connect-OnionTor -Confirm:$false' }
        @{ When = 'about a tor that somebody else runs'; Line = 'Connect-OnionTor'; Settings = '"connection":"System"' }
        @{ When = 'about another trouble'; Line = 'Connect-OnionTor'; Trouble = '{"code":"tor-clock","detail":"The clock is wrong.","status":503}' }
    ) {
        if ($Settings) { Set-Answer $engine 'GET /v1/tor/settings' ($script:settings -replace '"connection":"Automatic"', $Settings) }
        if ($Trouble) { Set-Answer $engine $connect $Trouble }
        $run = Invoke-Asking $module 0 $Line
        $run.Asked | Should -BeNullOrEmpty
        $run.Refusal | Should -Not -BeNullOrEmpty
        Get-Asked $engine $ask | Should -BeNullOrEmpty
    }

    It 'takes nothing from a redirected standard input for an answer' {
        $shell = @([Environment]::ProcessPath) + ((Split-Path -LeafBase ([Environment]::ProcessPath)) -eq 'dotnet' ? @(Join-Path $PSHOME pwsh.dll) : @())
        $arguments = @($shell | Select-Object -Skip 1) + '-NoProfile', '-Command', "Import-Module '$module'; try { Connect-OnionTor } catch { `$_.FullyQualifiedErrorId }; 'then: ' + [Console]::In.ReadLine()"
        $said = 'y' | & $shell[0] @arguments
        $said[0] | Should -BeLike 'TorNotConnected,*'
        $said[-1] | Should -Be 'then: y'
        (Get-Asked $engine $ask | ConvertFrom-Json).outsideTor | Should -Not -Contain $true
    }
}
