# What the cmdlets about tor ask the engine for, and what they make of its answers; against an engine that is none.
Describe 'The cmdlets about tor and an engine' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
        Import-Module (Join-Path $PSScriptRoot 'StandInEngine.psm1') -Force
        Import-Module (Get-TestModule)
        $place = New-TestHome
        $engine = Start-StandInEngine
        $settings = '/v1/tor/settings'
        $off, $default = $engine.Answers['GET /v1/tor'].Peek()[2], $engine.Answers["GET $settings"].Peek()[2]

        function Get-Refusal([scriptblock] $Action) {
            try { & $Action | Out-Null } catch { return $_ }
            throw 'It was not refused.'
        }
    }

    BeforeEach { $engine.Requests.Clear() }

    AfterAll {
        Stop-StandInEngine $engine
        Remove-TestHome $place
    }

    Context 'Set-OnionTor sends a merge patch of what was given' {
        It '<Line>' -ForEach @(
            @{ Line = 'Set-OnionTor -Connection TorBrowser'; Patch = '{"connection":"TorBrowser"}' }
            @{ Line = 'Set-OnionTor -ConnectTimeout 1m30s -AddressFamily PreferIPv6'; Patch = '{"addressFamily":"PreferIPv6","connectTimeout":"00:01:30"}' }
            @{ Line = 'Set-OnionTor -ReachableAddresses 80,443'; Patch = '{"reachableAddresses":["*:80","*:443"]}' }
            @{ Line = "Set-OnionTor -ReachableAddresses '80, 18.0.0.0/8:9001'"; Patch = '{"reachableAddresses":["*:80","18.0.0.0/8:9001"]}' }
            @{ Line = 'Set-OnionTor -NoBridges'; Patch = '{"bridges":[],"builtInBridges":null}' }
            @{ Line = 'Set-OnionTor -BuiltInBridges Snowflake'; Patch = '{"bridges":[],"builtInBridges":"Snowflake"}' }
            @{ Line = "'# mine',' Bridge a ','',`"b``r``nc`" | Set-OnionTor"; Patch = '{"bridges":["Bridge a","b","c"],"builtInBridges":null}' }
            @{ Line = "Set-OnionTor -Torrc `"A 1``n``nB 2`", 'C 3'"; Patch = '{"torrc":["A 1","B 2","C 3"]}' }
            @{ Line = 'Set-OnionTor -ControlPassword geheim'; Patch = '{"controlPassword":"geheim"}' }
            @{ Line = 'Set-OnionTor -ControlEndpoint unix:/run/tor/control -BindAddress ::1 -OnionTarget 192.0.2.1'
                Patch = '{"controlEndpoint":"unix:/run/tor/control","bindAddress":"::1","onionTarget":"192.0.2.1"}' }
            @{ Line = 'Set-OnionTor -Reset Bridge'; Patch = '{"bridges":[]}' }
            @{ Line = 'Set-OnionTor -Reset ControlPassword, Proxy -Connection Own'; Patch = '{"connection":"Own","controlPassword":null,"proxy":null}' }
        ) {
            Invoke-Expression $Line | Should -BeNullOrEmpty
            Get-Asked $engine "PATCH $settings" | Should -BeExactly $Patch
        }

        It 'the user and the password of a proxy, whatever is in them' {
            $credential = [pscredential]::new('DOMAIN\me', (ConvertTo-SecureString 'p@ss:/word ü' -AsPlainText -Force))
            Set-OnionTor -Proxy https://192.0.2.1:3128 -ProxyCredential $credential
            (Get-Asked $engine "PATCH $settings" | ConvertFrom-Json).proxy | Should -BeExactly 'https://DOMAIN%5Cme:p%40ss%3A%2Fword%20%C3%BC@192.0.2.1:3128'
        }

        It 'every setting with -Reset All, so that none is left behind' {
            Set-OnionTor -Reset All
            $reset = (Get-Asked $engine "PATCH $settings" | ConvertFrom-Json -AsHashtable).Keys
            $all = [OnionShare.Contracts.TorSettings].GetProperties().Name | ForEach-Object { $_.Substring(0, 1).ToLower() + $_.Substring(1) }
            $reset | Sort-Object | Should -Be ($all | Where-Object { $_ -ne 'hasControlPassword' } | Sort-Object)
        }

        It 'nothing when it is refused here, or only shown' {
            Get-Refusal { Set-OnionTor -Bridge x -NoBridges } | Out-Null
            Set-OnionTor -Connection Own -WhatIf
            Get-Asked $engine "PATCH $settings" | Should -BeNullOrEmpty
        }
    }

    Context 'When the settings are used' {
        AfterEach { Set-Answer $engine 'GET /v1/tor' $off }

        It 'is said as a warning while tor is <_>, and not with -PassThru' -ForEach 'Starting', 'Bootstrapping', 'Connected', 'Lost' {
            Set-Answer $engine 'GET /v1/tor' ($off -replace 'Off', $_)
            Set-OnionTor -Connection Own -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike 'Saved.*Connect-OnionTor*'
            $null = Set-OnionTor -Connection Own -PassThru -WarningVariable warning
            $warning | Should -BeNullOrEmpty
        }

        It 'is no warning while tor is <_>' -ForEach 'Off', 'Failed' {
            Set-Answer $engine 'GET /v1/tor' ($off -replace 'Off', $_)
            Set-OnionTor -Connection Own -WarningVariable warning
            $warning | Should -BeNullOrEmpty
        }
    }

    Context 'Get-OnionTor' {
        It 'shows all the engine says, with nothing in it that could move a terminal' {
            Set-Answer $engine 'GET /v1/tor' ('{"state":"Bootstrapping","bootstrapPercent":14,"bootstrapSummary":"Handshaking\u001b[31m (stalled: no route)","connection":"ControlEndpoint",' +
                '"version":"0.4.8.1","source":"127.0.0.1:9051","socks":"127.0.0.1:9050","transports":["obfs4","bridge"],"error":{"code":"tor-not-connected","detail":"It stalls.","advice":"Wait."}}')
            Set-Answer $engine "GET $settings" ('{"connection":"ControlEndpoint","controlEndpoint":"127.0.0.1:9051","hasControlPassword":true,"bridges":["obfs4 \u001b[2J","obfs4 two"],' +
                    '"proxy":"socks5://u@192.0.2.1:1","transportExecutables":[],"reachableAddresses":[],"addressFamily":"Automatic","torrc":[]}')
            try {
                $tor = Get-OnionTor
                $list = $tor | Out-String -Width 200
                $list | Should -Match 'Bootstrap +: 14 % \(Handshaking\\u\{1B\}\[31m \(stalled: no route\)\)'
                $list | Should -Match 'Transports +: obfs4\s+bridge'
                $list | Should -Match 'Error +: It stalls. Wait.'
                $list | Should -Match 'Settings +: ControlEndpoint, control 127.0.0.1:9051, with a password, 2 bridge line\(s\), proxy socks5://u@192.0.2.1:1'
                $set = $tor.Settings | Out-String -Width 200
                $set | Should -Match 'HasControlPassword +: True'
                $set | Should -Match 'Bridge +: obfs4 \\u\{1B\}\[2J\r?\n +obfs4 two'
                $set | Should -Not -Match 'Executable'
            } finally {
                Set-Answer $engine 'GET /v1/tor' $off
                Set-Answer $engine "GET $settings" $default
            }
        }
    }

    Context 'Connect- and Disconnect-OnionTor' {
        It 'a fallback is an error that says what failed, and names the command that finds the cause' {
            Set-Answer $engine 'POST /v1/tor/connect' '{"code":"tor-fell-back","detail":"The proxy does not answer. The settings before are in use again.","advice":"Check the proxy.","status":502}'
            $refusal = Get-Refusal { Connect-OnionTor }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'TorFellBack,*'
            "$refusal" | Should -BeExactly 'The proxy does not answer. The settings before are in use again.'
            $refusal.ErrorDetails.RecommendedAction | Should -BeExactly 'Check the proxy. Test-OnionTor finds out what is wrong.'
        }

        It 'connect once, however many objects come in' {
            Set-Answer $engine 'POST /v1/tor/connect' ($off -replace 'Off', 'Connected')
            @(Get-OnionTor; Get-OnionTor) | Connect-OnionTor | Should -HaveCount 1
            Get-Asked $engine 'POST /v1/tor/connect' | Should -HaveCount 1
        }

        It 'force only when told to' {
            foreach ($route in '', '?force=true') { Set-Answer $engine "POST /v1/tor/disconnect$route" $off }
            Disconnect-OnionTor
            Disconnect-OnionTor -Force
            $engine.Requests.ToArray().Route -like 'POST*' | Should -Be 'POST /v1/tor/disconnect', 'POST /v1/tor/disconnect?force=true'
        }
    }

    Context 'Test-OnionTor' {
        BeforeAll {
            function New-Stream([string[]] $Results) {
                $number = 0
                ($Results | ForEach-Object { "data: {`"name`":`"check$((++$number))`",`"result`":`"$_`",`"detail`":`"Seen\u001b[2J.`",`"advice`":`"Do it.`",`"elapsed`":`"00:00:01.5`"}`n`n" }) -join ''
            }
        }

        It 'gives each check as it came, fit to be shown' {
            Set-Answer $engine 'POST /v1/tor/test' (New-Stream Passed, Warning, Failed, Skipped) -Type text/event-stream
            $checks = Test-OnionTor
            $checks.Name | Should -Be 'check1', 'check2', 'check3', 'check4'
            $checks.Result | Should -Be 'Passed', 'Warning', 'Failed', 'Skipped'
            $checks[0].Elapsed.TotalSeconds | Should -Be 1.5
            $checks[0].Detail | Should -BeExactly 'Seen\u{1B}[2J.'
            (Test-OnionTor | Select-Object -First 1).Name | Should -Be 'check1'
            $table = $checks | Out-String -Width 100
            foreach ($row in '✓ Passed +check1 +1.5 s Seen', '! Warning +check2', '✗ Failed +check3', '- Skipped +check4 +Seen', '→ Do it\.') { $table | Should -Match $row }
            $list = $checks[2] | Format-List | Out-String
            $list | Should -Match 'Advice +: Do it\.'
        }

        It '-Quiet is <Answer> for <Results>' -ForEach @(
            @{ Results = 'Passed', 'Passed'; Answer = $true }
            @{ Results = 'Passed', 'Warning', 'Skipped'; Answer = $true }
            @{ Results = 'Passed', 'Failed', 'Skipped'; Answer = $false }
        ) {
            Set-Answer $engine 'POST /v1/tor/test' (New-Stream $Results) -Type text/event-stream
            Test-OnionTor -Quiet | Should -BeExactly $Answer
            Test-OnionTor -Quiet -Verbose 4>&1 | Select-Object -First 1 | Should -BeLike 'check1: Passed. Seen*Do it.'
        }

        It 'an answer that is not understood is an error, after what was' {
            Set-Answer $engine 'POST /v1/tor/test' ((New-Stream Passed) + "data: {`"name`":1}`n`n") -Type text/event-stream
            $refusal = Get-Refusal { Test-OnionTor -OutVariable script:before }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'EngineNotUnderstood,*'
            $before.Name | Should -Be 'check1'
        }

        It 'an engine that ends in the middle is an error, not a diagnosis that is over' {
            Set-Answer $engine 'POST /v1/tor/test' (New-Stream Passed) -Type text/event-stream
            $answer = $engine.Answers['GET /v1/engine'].Peek()[2]
            Set-Answer $engine 'GET /v1/engine' $answer, 'hang up'
            try { (Get-Refusal { Test-OnionTor }).FullyQualifiedErrorId | Should -BeLike 'EngineGone,*' }
            finally { Set-Answer $engine 'GET /v1/engine' $answer }
        }
    }

    Context 'Install-OnionTor' {
        BeforeAll {
            $answer = '{"version":"0.4.8.1","path":"/x/tor","source":"https://example.org/tor.tar.gz","sha256":"ab12"'
        }

        It 'gives what was installed, and warns of nothing when the signature was checked' {
            Set-Answer $engine 'POST /v1/tor/install' ($answer + ',"signedBy":"EF6E286D"}')
            $installed = Install-OnionTor -Source https://example.org -KeySource https://keys.example.org -WarningVariable warning
            $warning | Should -BeNullOrEmpty
            Get-Asked $engine 'POST /v1/tor/install' | Should -BeExactly '{"source":"https://example.org","keySource":"https://keys.example.org","withoutSignature":false}'
            $installed | Should -BeOfType OnionShare.OnionTorInstallation
            $list = $installed | Out-String
            foreach ($row in 'Version +: 0.4.8.1', 'Path +: /x/tor', 'Sha256 +: ab12', 'SignedBy +: EF6E286D') { $list | Should -Match $row }
        }

        It 'warns loudly when the signature was not checked' {
            Set-Answer $engine 'POST /v1/tor/install' ($answer + '}')
            $installed = Install-OnionTor -WithoutSignature -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike 'THE SIGNATURE WAS NOT CHECKED*'
            $installed.SignedBy | Should -BeNullOrEmpty
            $installed | Out-String | Should -Match 'SignedBy +: NOT CHECKED'
        }

        It 'a refused archive is a security error' {
            Set-Answer $engine 'POST /v1/tor/install' '{"code":"install-refused","detail":"The archive does not fit its checksum.","advice":"Try again.","status":502}'
            $refusal = Get-Refusal { Install-OnionTor }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'InstallRefused,*'
            $refusal.CategoryInfo.Category | Should -Be 'SecurityError'
        }
    }

    Context 'Set-OnionTor -RequestBridges' {
        BeforeAll {
            $route = 'POST /v1/tor/bridges'
            $first = '{"transport":"obfs4","source":"bridgedb","country":"cn","lines":["obfs4 one","obfs4 two"],"note":"Not for all."}'
            $second = '{"transport":"snowflake","source":"builtin","lines":["snowflake \u001b[2J"]}'
            $outside = '{"code":"outside-tor","detail":"The provider would see you.","advice":"No.","status":403}'
            $without = $first -replace '}$', ',"missing":"No obfs4proxy. Install it."}'
        }

        It 'asks through tor, saves the first set and marks it' {
            Set-Answer $engine $route "[$first,$second]"
            $offers = Set-OnionTor -RequestBridges -Country CN -Transport obfs4, snowflake -WarningVariable warning -WarningAction SilentlyContinue
            Get-Asked $engine $route | Should -BeExactly '{"country":"cn","transports":["obfs4","snowflake"],"route":"Tor","outsideTor":false}'
            Get-Asked $engine "PATCH $settings" | Should -BeExactly '{"bridges":["obfs4 one","obfs4 two"],"builtInBridges":null}'
            $offers.Saved | Should -Be $true, $false
            $offers[0].Lines | Should -Be 'obfs4 one', 'obfs4 two'
            $offers[0].Country | Should -Be 'cn'
            "$warning" | Should -BeExactly 'Not for all.'
            $table = $offers | Out-String -Width 120
            $table | Should -Match '\* +obfs4 +bridgedb +cn +obfs4 one'
            $table | Should -Match ([regex]::Escape('snowflake \u{1B}[2J'))
        }

        It 'takes another of the offers from the pipe' {
            Set-Answer $engine $route "[$first,$second]"
            $offers = Set-OnionTor -RequestBridges -WarningAction SilentlyContinue
            $engine.Requests.Clear()
            $offers[1] | Set-OnionTor
            (Get-Asked $engine "PATCH $settings" | ConvertFrom-Json).bridges | Should -BeExactly "snowflake `e[2J"
        }

        It 'takes the next set where no program is here for the first, and says so' {
            Set-Answer $engine $route "[$without,$second]"
            $offers = Set-OnionTor -RequestBridges -WarningVariable warning -WarningAction SilentlyContinue
            $offers.Saved | Should -Be $false, $true
            $offers[0].Missing | Should -BeExactly 'No obfs4proxy. Install it.'
            $warning.Message | Should -Be 'Not for all.', "obfs4 can't be used: No obfs4proxy. Install it."
            (Get-Asked $engine "PATCH $settings" | ConvertFrom-Json).bridges | Should -BeExactly "snowflake `e[2J"
        }

        It 'is an error where none can be used, and nothing is saved' {
            Set-Answer $engine $route "[$without]"
            $refusal = Get-Refusal { Set-OnionTor -RequestBridges -WarningAction SilentlyContinue }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'TransportNotFound,*'
            $refusal.CategoryInfo.Category | Should -Be 'NotInstalled'
            Get-Asked $engine "PATCH $settings" | Should -BeNullOrEmpty
        }

        It 'asks nothing outside Tor without -OutsideTor, and says who would see what' {
            Set-Answer $engine $route $outside
            $refusal = Get-Refusal { Set-OnionTor -RequestBridges -Through Meek }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'OutsideTor,*'
            $refusal.CategoryInfo.Category | Should -Be 'SecurityError'
            "$refusal" | Should -BeExactly 'The provider would see you.'
            $refusal.ErrorDetails.RecommendedAction | Should -BeLike 'Add -OutsideTor*Nothing was asked.'
            Get-Asked $engine $route | Should -BeExactly '{"transports":[],"route":"Meek","outsideTor":false}'
        }

        It 'is refused with -WhatIf, too, rather than promised' {
            Set-Answer $engine $route $outside
            $refusal = Get-Refusal { Set-OnionTor -RequestBridges -Through Meek -WhatIf }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'OutsideTor,*'
            (Get-Asked $engine $route | ConvertFrom-Json).outsideTor | Should -BeFalse
            $engine.Requests.Clear()
            Set-OnionTor -RequestBridges -Through Meek -OutsideTor -WhatIf | Should -BeNullOrEmpty
            Get-Asked $engine $route | Should -BeNullOrEmpty
        }

        It 'says who will see what before it asks outside Tor' {
            Set-Answer $engine $route $outside, "[$second]"
            $offers = Set-OnionTor -RequestBridges -Through Meek -OutsideTor -MeekBridge m -Source https://a.example -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeExactly 'ASKING OUTSIDE TOR. The provider would see you.'
            (Get-Asked $engine $route | ConvertFrom-Json).outsideTor | Should -Be $false, $true
            $offers.Saved | Should -BeTrue
        }

        It 'gives tor with -PassThru, to be connected' {
            Set-Answer $engine $route "[$second]"
            Set-Answer $engine 'POST /v1/tor/connect' ($off -replace 'Off', 'Connected')
            Set-OnionTor -RequestBridges -PassThru | Connect-OnionTor | Should -BeOfType OnionShare.OnionTor
            Get-Asked $engine 'POST /v1/tor/connect' | Should -HaveCount 1
        }
    }
}
