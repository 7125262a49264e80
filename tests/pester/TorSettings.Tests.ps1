BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    # No tor of this machine is to go on the network: there is none at this path.
    $env:ONIONSHARE_TOR = Join-Path $place.Root 'no-tor'
    $one = '192.0.2.1:443 0123456789ABCDEF0123456789ABCDEF01234567'
    $two = '192.0.2.2:443 89ABCDEF0123456789ABCDEF0123456789ABCDEF'

    function Get-Refusal([scriptblock] $Action) {
        try { & $Action | Out-Null } catch { return $_ }
        throw 'It was not refused.'
    }

    # The settings without those that are empty, as text to compare.
    function Get-Settings { (Get-OnionTor).Settings.ToString() }

    # A program that does nothing, at an absolute path.
    function New-Program([string] $Name) {
        $path = Join-Path $place.Root $Name
        Set-Content $path '#!/bin/sh'
        if (-not $IsWindows) { chmod +x $path }
        $path
    }
}

AfterAll {
    Remove-TestHome $place
    Remove-Item Env:ONIONSHARE_TOR
}

Describe 'Where no setting was ever saved' {
    It 'Get-OnionTor shows the defaults and starts no engine' {
        $tor = Get-OnionTor
        $tor.State | Should -Be 'Off'
        $tor.Settings.Connection | Should -Be 'Automatic'
        $tor.Settings.Bridge | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
        Test-Path $place.State | Should -BeFalse
    }

    It 'Disconnect-OnionTor has nothing to do and starts no engine' {
        Disconnect-OnionTor -ErrorAction Stop | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
    }

    It '<_> -WhatIf does nothing' -ForEach @(
        'Set-OnionTor -Connection System', 'Connect-OnionTor', 'Install-OnionTor', 'Set-OnionTor -RequestBridges',
        'Set-OnionTor -Connection System -PassThru -WhatIf | Connect-OnionTor'
    ) {
        Invoke-Expression "$_ -WhatIf" | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
        Test-Path $place.State | Should -BeFalse
    }
}

Describe 'Connect-, Disconnect- and Test-OnionTor' {
    It 'do nothing after a pipe that brings nothing' {
        Set-OnionTor -Connection System -PassThru -WhatIf | Connect-OnionTor | Should -BeNullOrEmpty
        @() | Test-OnionTor | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
    }
}

Describe 'Set-OnionTor' {
    AfterEach { Set-OnionTor -Reset All }

    It 'changes what is given and leaves the rest as it is' {
        Set-OnionTor -Connection Own -ConnectTimeout 90s
        Set-OnionTor -Proxy socks5://192.0.2.1:1080 -AddressFamily IPv4
        Set-OnionTor -ReachableAddresses 80, 443
        $settings = (Get-OnionTor).Settings
        $settings.Connection | Should -Be 'Own'
        $settings.ConnectTimeout | Should -Be ([timespan]::FromSeconds(90))
        $settings.Proxy | Should -Be 'socks5://192.0.2.1:1080'
        $settings.AddressFamily | Should -Be 'IPv4'
        $settings.ReachableAddresses | Should -Be '*:80', '*:443'
    }

    It 'gives nothing, or tor with the new settings with -PassThru' {
        Set-OnionTor -Connection System | Should -BeNullOrEmpty
        $tor = Set-OnionTor -Connection Own -AddressFamily IPv4 -PassThru
        $tor | Should -BeOfType OnionShare.OnionTor
        $tor.State | Should -Be 'Off'
        "$($tor.Settings)" | Should -Be 'Own, IPv4'
    }

    It 'keeps the settings over the end of the engine' {
        Set-OnionTor -Connection System
        Stop-OnionEngine
        Wait-Until { -not (Get-OnionEngine) } 'the engine has ended'
        Get-Settings | Should -Be 'System'
    }

    It 'takes back what was read, splatted' {
        Set-OnionTor -Bridge $one, $two -AddressFamily IPv4 -ConnectTimeout 90s -Torrc 'NumCPUs 1' -ReachableAddresses '*:443'
        $was, $shown = (Get-OnionTor).Settings.ToHashtable(), (Get-Settings)
        Set-OnionTor -Reset All
        (Get-OnionTor).Settings.ToHashtable().Count | Should -Be 0
        Set-OnionTor @was
        Get-Settings | Should -Be $shown
        (Get-OnionTor).Settings.Bridge | Should -Be $was.Bridge
        Set-OnionTor -Reset All
        Set-OnionTor -Connection System -ControlEndpoint 127.0.0.1:9051
        $was = (Get-OnionTor).Settings.ToHashtable()
        Set-OnionTor -Reset All
        Set-OnionTor @was
        (Get-OnionTor).Settings.ControlEndpoint | Should -Be '127.0.0.1:9051'
    }

    It 'says that the settings are used when tor is next connected' {
        (Set-OnionTor -Connection System -Verbose 4>&1).Message | Should -Contain 'Saved. The settings are used when tor is next connected.'
    }

    It 'refuses bridges and a proxy for a tor that has a configuration of its own, and says so' {
        Set-OnionTor -Connection System
        { Set-OnionTor -Bridge '192.0.2.1:443' } | Should -Throw 'Bridges are set, and the system''s tor is to be used*' -ErrorId 'TorSettings,*'
        { Set-OnionTor -Proxy socks5://192.0.2.1:1080 } | Should -Throw 'A proxy is set, and the system''s tor is to be used*'
        Get-Settings | Should -Be 'System'
    }

    It 'takes paths as PowerShell has them' {
        $program, $transport = (New-Program 'my tor'), (New-Program lyrebird)
        Push-Location $place.Root
        try { Set-OnionTor -Executable './my tor' -CookieFile 'no cookie yet' -TransportExecutable lyrebird } finally { Pop-Location }
        $settings = (Get-OnionTor).Settings
        $settings.Executable | Should -Be $program
        $settings.TransportExecutable | Should -Be $transport
        $settings.CookieFile | Should -Be (Join-Path $place.Root 'no cookie yet')
    }

    It 'takes a control endpoint with bind address and onion target' {
        Set-OnionTor -ControlEndpoint 192.0.2.10:9051 -SocksEndpoint 192.0.2.10:9050 -BindAddress 127.0.0.2 -OnionTarget 192.0.2.20
        Get-Settings | Should -BeLike '*control 192.0.2.10:9051, SOCKS 192.0.2.10:9050, services on 127.0.0.2, onions to 192.0.2.20'
    }

    It 'takes settings back to their defaults: <Reset>' -ForEach @(
        @{ Reset = 'Proxy'; Left = 'Own, built-in bridges Snowflake, IPv4' }
        @{ Reset = 'Proxy, AddressFamily'; Left = 'Own, built-in bridges Snowflake' }
        @{ Reset = 'BuiltInBridges'; Left = 'Own, proxy socks5://192.0.2.1:1080, IPv4' }
        @{ Reset = 'All'; Left = 'Automatic' }
        @{ Reset = 'All -Connection System'; Left = 'System' }
        @{ Reset = 'AddressFamily -Proxy https://192.0.2.2:443'; Left = 'Own, built-in bridges Snowflake, proxy https://192.0.2.2:443' }
    ) {
        $transport = New-Program 'snowflake-client'
        Set-OnionTor -Connection Own -Proxy socks5://192.0.2.1:1080 -AddressFamily IPv4 -TransportExecutable $transport -BuiltInBridges Snowflake
        Invoke-Expression "Set-OnionTor -Reset $Reset"
        (Get-Settings) -replace ', 1 transport program\(s\)' | Should -Be $Left
    }

    It 'refuses with <Id>: <Why>' -ForEach @(
        @{ Id = 'NothingToChange'; Why = 'nothing to set'; Action = { Set-OnionTor } }
        @{ Id = 'NothingToChange'; Why = 'a switch that is off'; Action = { Set-OnionTor -NoBridges:$false } }
        @{ Id = 'ParametersClash'; Why = 'set and reset'; Action = { Set-OnionTor -Proxy socks5://192.0.2.1:1080 -Reset Proxy } }
        @{ Id = 'ParametersClash'; Why = 'lines and a set of bridges'; Action = { Set-OnionTor -Bridge $one -BuiltInBridges Meek } }
        @{ Id = 'ParametersClash'; Why = 'a set of bridges and none'; Action = { Set-OnionTor -BuiltInBridges Meek -NoBridges } }
        @{ Id = 'ParametersClash'; Why = 'piped lines and none'; Action = { $one | Set-OnionTor -NoBridges } }
        @{ Id = 'PathNotFound'; Why = 'a program that is not there'; Action = { Set-OnionTor -Executable ./no-such-tor } }
        @{ Id = 'PathNotFound'; Why = 'a folder for a program'; Action = { Set-OnionTor -Executable $place.Files } }
        @{ Id = 'PathNotFound'; Why = 'a transport that is not there'; Action = { Set-OnionTor -TransportExecutable ./no-such-transport } }
        @{ Id = 'PathNotFound'; Why = 'a bridge file that is not there'; Action = { Set-OnionTor -BridgeFile ./no-such-file } }
        @{ Id = 'PathNotFileSystem'; Why = 'a path of another provider'; Action = { Set-OnionTor -Executable Env:PATH } }
        @{ Id = 'NoBridgeLines'; Why = 'a file of comments'; Action = { Set-Content "$($place.Root)/none.txt" "# nothing`n`n"; Set-OnionTor -BridgeFile "$($place.Root)/none.txt" } }
        @{ Id = 'NoBridgeLines'; Why = 'an empty pipe'; Action = { @() | Set-OnionTor } }
        @{ Id = 'NoBridgeLines'; Why = 'an empty line'; Action = { Set-OnionTor -Bridge '' } }
        @{ Id = 'PathNotReadable'; Why = 'a file too large for bridge lines'; Action = { Set-OnionTor -BridgeFile (New-LargeFile "$($place.Root)/large.txt").FullName } }
        @{ Id = 'EmptyPassword'; Why = 'an empty password'; Action = { Set-OnionTor -ControlPassword '' } }
        @{ Id = 'ProxyNeeded'; Why = 'a credential without a proxy'; Action = { Set-OnionTor -ProxyCredential ([pscredential]::new('u', (ConvertTo-SecureString p -AsPlainText -Force))) } }
        @{ Id = 'ProxyNeeded'; Why = 'a credential and a user in the proxy'; Action = { Set-OnionTor -Proxy socks5://u:p@192.0.2.1:1 -ProxyCredential ([pscredential]::new('u', (ConvertTo-SecureString p -AsPlainText -Force))) } }
        @{ Id = 'OutsideTor'; Why = 'asking outside Tor by accident'; Action = { Set-OnionTor -RequestBridges -Through Meek } }
        @{ Id = 'ParameterArgumentTransformationError'; Why = 'a duration that is none'; Action = { Set-OnionTor -ConnectTimeout soon } }
        @{ Id = 'ParameterArgumentTransformationError'; Why = 'a thing that is no bridge line'; Action = { Set-OnionTor -Bridge 5 } }
        @{ Id = 'ParameterArgumentValidationError'; Why = 'a country that is none'; Action = { Set-OnionTor -RequestBridges -Country China } }
        @{ Id = 'AmbiguousParameterSet'; Why = 'bridges to be asked for and a proxy in one'; Action = { Set-OnionTor -RequestBridges -Proxy socks5://192.0.2.1:1080 } }
        @{ Id = 'TorSettings'; Why = 'a control endpoint that is none'; Action = { Set-OnionTor -ControlEndpoint nonsense } }
        @{ Id = 'TorSettings'; Why = 'a bridge line that is none'; Action = { Set-OnionTor -Bridge 'give me a bridge' } }
        @{ Id = 'TorSettings'; Why = 'a proxy that is none'; Action = { Set-OnionTor -Proxy nonsense } }
        @{ Id = 'TorSettings'; Why = 'an address that is none'; Action = { Set-OnionTor -ReachableAddresses nonsense } }
        @{ Id = 'TorSettings'; Why = 'a bind address that is none'; Action = { Set-OnionTor -BindAddress nonsense } }
    ) {
        Set-OnionTor -Connection Own
        $refusal = Get-Refusal $Action
        $refusal.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        if ($Id -notlike 'Parameter*' -and $Id -ne 'Ambiguous*') { $refusal.CategoryInfo.Category | Should -Not -Be 'NotSpecified' }
        Get-Settings | Should -Be 'Own'
    }

    It 'says of an error what to do' {
        (Get-Refusal { Set-OnionTor }).ErrorDetails.RecommendedAction | Should -BeLike '*-Reset All*'
        (Get-Refusal { Set-OnionTor -Executable ./nowhere }).ErrorDetails.RecommendedAction | Should -BeLike '*Nothing was saved.'
        (Get-Refusal { Set-OnionTor -Bridge $one -NoBridges }).ErrorDetails.RecommendedAction | Should -BeLike 'Leave out -Bridge or -NoBridges. Nothing was saved.'
    }
}

Describe 'Bridge lines' {
    AfterEach { Set-OnionTor -Reset All }

    It 'come from the pipe, from a pasted text, as an argument and from a file' {
        $file = Join-Path $place.Root 'bridges [1].txt'
        Set-Content -LiteralPath $file '# from a friend', '', "  Bridge $one  ", $two
        Get-Content -LiteralPath $file | Set-OnionTor
        $piped = (Get-OnionTor).Settings.Bridge
        $piped | Should -HaveCount 2
        $piped[0] | Should -BeLike "*$one"
        foreach ($again in { Get-Content -Raw -LiteralPath $file | Set-OnionTor }, { Set-OnionTor $one, $two }, { Set-OnionTor "`r`n$one`r`n$two`r`n" }, { Set-OnionTor -BridgeFile $file }) {
            Set-OnionTor -NoBridges
            (Get-OnionTor).Settings.Bridge | Should -BeNullOrEmpty
            & $again
            (Get-OnionTor).Settings.Bridge -replace '^Bridge ' | Should -Be $one, $two
        }
    }

    It 'replace those before, and a built-in set, as that replaces them' {
        $transport = New-Program 'snowflake-client'
        Set-OnionTor -Bridge $one -Connection Own -TransportExecutable $transport
        Set-OnionTor -BuiltInBridges Snowflake
        (Get-OnionTor).Settings.Bridge | Should -BeNullOrEmpty
        (Get-OnionTor).Settings.BuiltInBridges | Should -Be 'Snowflake'
        $two | Set-OnionTor
        $settings = (Get-OnionTor).Settings
        $settings.Bridge -replace '^Bridge ' | Should -Be $two
        $settings.BuiltInBridges | Should -BeNullOrEmpty
        $settings.Connection | Should -Be 'Own'
    }

    It 'are no files: these are named with -BridgeFile' {
        $refusal = Get-Refusal { Get-Item $place.Files | Set-OnionTor -ErrorAction Stop }
        $refusal.ToString() | Should -BeLike '*-BridgeFile*'
        { Get-OnionTor | Set-OnionTor -ErrorAction Stop } | Should -Throw '*OnionTor is not a bridge line*'
        (Get-OnionTor).Settings.Bridge | Should -BeNullOrEmpty
    }
}

Describe 'Secrets' {
    AfterEach { Set-OnionTor -Reset All }

    It 'are shown nowhere: not by Get-OnionTor, not in verbose messages, errors, or a transcript' {
        # Not written out, so that what is looked for can't come from this command line.
        $control, $proxy = 1..2 | ForEach-Object { [Guid]::NewGuid().ToString('N') }
        $transcript = Join-Path $place.Root 'transcript.txt'
        $Error.Clear()
        $null = Start-Transcript $transcript
        try {
            $said = & {
                $credential = [pscredential]::new('me@work', (ConvertTo-SecureString "$proxy@:/" -AsPlainText -Force))
                # Own: a proxy is refused for a tor that the engine does not run.
                Set-OnionTor -Connection Own -ControlEndpoint 127.0.0.1:9 -ControlPassword $control -Verbose -PassThru
                Set-OnionTor -Proxy socks5://192.0.2.1:1080 -ProxyCredential $credential -ControlPassword (ConvertTo-SecureString $control -AsPlainText) -WhatIf
                Set-OnionTor -Proxy socks5://192.0.2.1:1080 -ProxyCredential $credential -Verbose
                Set-OnionTor -Proxy https://192.0.2.1:99999 -ProxyCredential $credential -ErrorAction Continue
            } *>&1 | Out-String -Width 500
        } catch { $said += "$_ $($_.ErrorDetails) $($_.Exception) $($_.TargetObject)" } finally { $null = Stop-Transcript }
        $tor = Get-OnionTor
        $tor.Settings.HasControlPassword | Should -BeTrue
        $tor.Settings.Proxy | Should -BeLike 'socks5://*192.0.2.1:1080'
        $shown = @($said, (Get-Content -Raw $transcript), ($Error | ForEach-Object { $_ | Format-List * -Force | Out-String; "$($_.Exception)" })) +
            ($tor | Format-List * | Out-String -Width 500) + ($tor.Settings | Format-List * | Out-String -Width 500) +
            ($tor | ConvertTo-Json -Depth 6) + "$tor $($tor.Settings)" + ($tor.Settings | Format-Custom -Depth 5 | Out-String)
        $shown -join "`n" | Should -Not -Match "$control|$proxy"
        $Error.Count | Should -BeGreaterThan 0
        # They are really there: kept, and readable by nobody else.
        $kept = Get-ChildItem $place.State -File | Where-Object Name -Like 'tor*.json'
        $kept | Should -Not -BeNullOrEmpty
        if (-not $IsWindows) { $kept.UnixMode | Should -Be '-rw-------' }
    }

    It 'can be forgotten by themselves' {
        Set-OnionTor -ControlEndpoint 127.0.0.1:9 -ControlPassword secret
        Set-OnionTor -Reset ControlPassword
        (Get-OnionTor).Settings.HasControlPassword | Should -BeFalse
        (Get-OnionTor).Settings.ControlEndpoint | Should -Be '127.0.0.1:9'
    }
}

Describe 'Without a tor' {
    BeforeAll { Set-OnionTor -Connection Own }
    AfterAll { Set-OnionTor -Reset All }

    It 'Connect-OnionTor says what is missing' {
        $refusal = Get-Refusal { Connect-OnionTor }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TorNotFound,*'
        $refusal.CategoryInfo.Category | Should -Be 'NotInstalled'
        "$refusal" | Should -BeLike '*no-tor*'
    }

    It 'Test-OnionTor tells it as a result, not as an error, and skips what needs it' {
        $checks = Test-OnionTor -ErrorAction Stop
        $checks[0] | Should -BeOfType OnionShare.OnionTorCheck
        $checks[0].Name | Should -Be 'executable'
        $checks[0].Result | Should -Be 'Failed'
        $checks[0].Advice | Should -Not -BeNullOrEmpty
        $checks[-1].Name | Should -Be 'round-trip'
        $checks[-1].Result | Should -Be 'Skipped'
        Test-OnionTor -Quiet | Should -BeExactly $false
    }

    It 'the table of the checks has a mark for each, and the advice' {
        $table = Test-OnionTor | Out-String -Width 160
        $table | Should -Match 'Result +Check +Took +Detail'
        $table | Should -Match '✗ Failed'
        $table | Should -Match '- Skipped'
        $table | Should -Match '→ '
    }

    It 'a service says what is missing, too' {
        (Get-Refusal { Start-OnionChat }).FullyQualifiedErrorId | Should -BeLike 'TorNotFound,*'
    }
}

Describe 'Set-OnionTor' {
    It 'has a parameter for each setting of the table, and besides only other ways to say one' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        $parameters = (Get-Command Set-OnionTor).ParameterSets.Where({ $_.Name -eq 'Settings' }).Parameters.Name | Where-Object { $_ -notin $common }
        $settings = [OnionShare.Contracts.TorSetting]::All.Parameter
        $parameters | Sort-Object | Should -Be ($settings + 'BridgeFile', 'NoBridges', 'ProxyCredential', 'Reset', 'PassThru' | Sort-Object)
        (Get-Command Set-OnionTor).Parameters['Reset'].Attributes.Where({ $_ -is [ValidateSet] }).ValidValues | Should -Be (@('All') + $settings)
    }
}

Describe 'Completion' {
    It 'offers <Expected> for <Line>' -ForEach @(
        @{ Line = 'Set-OnionTor -Connection Sy'; Expected = 'System' }
        @{ Line = 'Set-OnionTor -BuiltInBridges sn'; Expected = 'Snowflake' }
        @{ Line = 'Set-OnionTor -ControlEndpoint uni'; Expected = 'unix:/run/tor/control' }
        @{ Line = 'Set-OnionTor -Reset Reach'; Expected = 'ReachableAddresses' }
        @{ Line = 'Set-OnionTor -RequestBridges -Through M'; Expected = 'Meek' }
    ) {
        (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText | Should -Be $Expected
    }

    It 'offers countries by code and by name, where .NET knows countries' -Skip:([Globalization.CultureInfo]::GetCultures('SpecificCultures').Count -lt 10) {
        (TabExpansion2 'Set-OnionTor -RequestBridges -Country turkm').CompletionMatches.CompletionText | Should -Be 'tm'
        (TabExpansion2 'Set-OnionTor -RequestBridges -Country c').CompletionMatches.CompletionText | Should -Contain 'cn'
    }
}

Describe 'Install-OnionTor' {
    It 'refuses an address that is none' {
        $refusal = Get-Refusal { Install-OnionTor -Source ftp://example.org }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'NotWebAddress,*'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Nothing was fetched.'
        (Get-Refusal { Install-OnionTor -KeySource nonsense }).FullyQualifiedErrorId | Should -BeLike 'NotWebAddress,*'
    }

    It 'says from where, and that it goes outside Tor, with -WhatIf; no user of the address' {
        $null = Start-Transcript (Join-Path $place.Root 'whatif.txt')
        try { Install-OnionTor -Source http://me:secret@127.0.0.1:9/dist -WhatIf } finally { $null = Stop-Transcript }
        $said = Get-Content -Raw (Join-Path $place.Root 'whatif.txt')
        $said | Should -Match 'What if: .*outside Tor.*"tor from http://127.0.0.1:9"'
        ($said -split 'What if:')[1] | Should -Not -Match 'secret'
    }
}

Describe 'Set-OnionTor -RequestBridges' {
    AfterEach { Set-OnionTor -Reset All }

    It 'says who would see what, and asks outside Tor only with -OutsideTor: <Through>' -ForEach @(
        @{ Through = 'Meek'; Seen = '*NOT go through Tor*provider*' }
        @{ Through = 'Proxy'; Seen = '*NOT go through Tor*proxy 192.0.2.1*' }
    ) {
        Set-OnionTor -Proxy socks5://192.0.2.1:1080
        $refusal = Get-Refusal { Set-OnionTor -RequestBridges -Through $Through -Source http://127.0.0.1:9 }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'OutsideTor,*'
        $refusal.CategoryInfo.Category | Should -Be 'SecurityError'
        "$refusal" | Should -BeLike $Seen
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*-OutsideTor*Nothing was asked.'
    }

    It 'asks through the proxy that is set, says so first, and saves what it gets' {
        # A proxy that answers in the service's place itself.
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript({
                    param($Listener, $Answer)
                    $stream = $Listener.AcceptTcpClient().GetStream()
                    $reader = [IO.StreamReader]::new($stream)
                    $reader.ReadLine()
                    while ($reader.ReadLine()) { }
                    $stream.Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 200 OK`r`n`r`n"))
                    $reader.ReadLine()
                    while (($header = $reader.ReadLine())) { if ($header -match '^Content-Length: (\d+)') { $length = [int]$Matches[1] } }
                    $body = [char[]]::new($length)
                    $null = $reader.ReadBlock($body, 0, $length)
                    -join $body
                    $head = "HTTP/1.1 200 OK`r`nContent-Type: application/vnd.api+json`r`nContent-Length: $($Answer.Length)`r`nConnection: close`r`n`r`n"
                    $stream.Write([Text.Encoding]::ASCII.GetBytes($head + $Answer))
                    $stream.Dispose()
                }).AddArgument($listener).AddArgument("{`"settings`":[{`"bridges`":{`"type`":`"vanilla`",`"source`":`"bridgedb`",`"bridge_strings`":[`"$one`",`"$two`"]}}],`"country`":`"tm`"}")
            $call = $shell.BeginInvoke()
            Set-OnionTor -Proxy "https://$($listener.LocalEndpoint)"
            $request = @{ Country = 'TM'; Through = 'Proxy'; Source = 'http://127.0.0.1:9/moat' }
            $offer = Set-OnionTor -RequestBridges -OutsideTor @request -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike 'ASKING OUTSIDE TOR.*proxy 127.0.0.1*'
            $offer.Saved | Should -BeTrue
            $offer.Country | Should -Be 'tm'
            (Get-OnionTor).Settings.Bridge | Should -Be $one, $two
            $asked = $shell.EndInvoke($call)
            $asked[0] | Should -BeLike 'CONNECT 127.0.0.1:9 *'
            $asked[1] | Should -BeLike 'POST /moat/circumvention/settings *'
            $asked[2] | Should -BeExactly '{"country":"tm"}'
        } finally {
            $listener.Stop()
            $shell.Dispose()
        }
    }

    It 'through tor needs a tor that is connected' {
        $refusal = Get-Refusal { Set-OnionTor -RequestBridges -Source http://127.0.0.1:9 }
        $refusal.CategoryInfo.Category | Should -Be 'ConnectionError'
        (Get-OnionTor).Settings.Bridge | Should -BeNullOrEmpty
    }
}
