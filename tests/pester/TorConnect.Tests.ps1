BeforeDiscovery {
    $missing = @('tor', 'tor-gencert', 'curl').Where({ -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
    if ($missing -and $env:ONIONSHARE_REQUIRE -split ',' -contains 'tor') { throw "There is no $missing, but ONIONSHARE_REQUIRE names tor." }
    if ($missing) { Write-Host "skipped: no $missing; apt install tor curl" }
    $hasWebtunnel = [bool](Get-Command lyrebird, webtunnel-client -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)

    function Get-Refusal([scriptblock] $Action) {
        try { & $Action | Out-Null } catch { return $_ }
        throw 'It was not refused.'
    }
}

Describe 'With a tor that never gets connected' -Skip:([bool]$missing) {
    BeforeAll {
        $place = New-TestHome
        $env:ONIONSHARE_TORRC_INCLUDE = Join-Path $place.Root 'torrc'
        Set-Content $env:ONIONSHARE_TORRC_INCLUDE 'DisableNetwork 1'
        Set-OnionTor -ConnectTimeout 3s
    }

    AfterAll {
        Remove-TestHome $place
        Remove-Item Env:ONIONSHARE_TORRC_INCLUDE
    }

    It '<_> gives up after the time that was set, and says what finds the cause' -ForEach 'Connect-OnionTor', 'Start-OnionChat' {
        $refusal = Get-Refusal ([scriptblock]::Create($_))
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TorNotConnected,*'
        $refusal.CategoryInfo.Category | Should -Be 'ConnectionError'
        "$refusal" | Should -BeLike '*3 s*'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Test-OnionTor*'
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'a second start says how far tor is and why it does not go on, and ends after the same time' {
        $null = Get-Refusal { Connect-OnionTor }
        $shell = [powershell]::Create()
        $null = $shell.AddCommand('Import-Module').AddArgument((Get-TestModule)).Invoke()
        $shell.Commands.Clear()
        $refusal = Get-Refusal { $shell.AddCommand('Start-OnionChat').Invoke() }
        "$refusal" | Should -BeLike '*after 3 s*'
        @($shell.Streams.Progress.StatusDescription) -like '*0 %*not connected to the Tor network after 3 s*' | Should -Not -BeNullOrEmpty
        $shell.Dispose()
    }

    It 'Test-OnionTor names the check that fails and skips those after it' {
        $checks = Test-OnionTor
        ($checks | Where-Object Name -EQ executable).Result | Should -Be 'Passed'
        $failed = $checks | Where-Object Result -EQ Failed
        $failed.Name | Should -Be 'bootstrap'
        $failed.Advice | Should -Not -BeNullOrEmpty
        ($checks | Where-Object Name -EQ 'round-trip').Result | Should -Be 'Skipped'
    }

    It 'bridges whose program is missing are an error that says what to install, before they are saved' -Skip:$hasWebtunnel {
        $refusal = Get-Refusal {
            Set-OnionTor -Bridge 'webtunnel 192.0.2.1:443 0123456789ABCDEF0123456789ABCDEF01234567 url=https://example.org/x'
        }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TransportNotFound,*'
        $refusal.CategoryInfo.Category | Should -Be 'NotInstalled'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Install*'
        (Get-OnionTor).Settings.Bridge | Should -BeNullOrEmpty
    }

    It 'a torrc line with a typo is an error in the words of tor, before it is saved' {
        $refusal = Get-Refusal { Set-OnionTor -Torrc 'NoSuchOption 1' }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TorSettings,*'
        "$refusal" | Should -BeLike "tor does not take these settings: Unknown option 'NoSuchOption'*"
        (Get-Refusal { Set-OnionTor -Torrc 'ControlPort 9051' }).ToString() | Should -BeLike "The torrc line 'ControlPort 9051' is refused: *"
        (Get-OnionTor).Settings.Torrc | Should -BeNullOrEmpty
    }

    It 'Ctrl+C ends the waiting of <_> at once, without an error' -ForEach 'Connect-OnionTor', 'Test-OnionTor' {
        Set-OnionTor -ConnectTimeout 10m -WarningAction SilentlyContinue
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$(Get-TestModule)'; $_")
            $call = $shell.BeginInvoke()
            Wait-Until { (Get-OnionTor).State -eq 'Bootstrapping' -and $shell.Streams.Progress.Count -gt 0 } 'tor is being connected'
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 60
            $shell.InvocationStateInfo.State | Should -Be 'Stopped'
            $shell.Streams.Error | Should -BeNullOrEmpty
            ($shell.Streams.Progress.StatusDescription -match '%').Count | Should -BeGreaterThan 0
        } finally {
            $shell.Dispose()
            Disconnect-OnionTor -Force
            Set-OnionTor -ConnectTimeout 3s -WarningAction SilentlyContinue
        }
    }
}

Describe 'Ways to tor, over a private Tor network' -Skip:([bool]$missing) {
    BeforeAll {
        $place = New-TestHome
        $letter = Join-Path $place.Files 'letter.txt'
        $network = Start-TorNetwork -Bridge
        $env:ONIONSHARE_TORRC_INCLUDE = $network.Include
        $folder = New-Item -ItemType Directory (Join-Path $place.Root 'other')

        function Invoke-Visitor($Service) {
            curl -sS --max-time 60 -x $network.Socks -u "onionshare:$($Service.Password)" "http://$($Service.Address)/download"
        }
    }

    AfterAll {
        if ($other) {
            $other.Process.Kill()
            $other.Process.WaitForExit()
        }
        Remove-TestHome $place
        Remove-Item Env:ONIONSHARE_TORRC_INCLUDE -ErrorAction Ignore
        Stop-TorNetwork $network
    }

    It 'Connect-OnionTor connects and shows how far it is; Disconnect-OnionTor lets tor go' {
        $shell = [powershell]::Create()
        try {
            $tor = $shell.AddScript("Import-Module '$(Get-TestModule)'; Connect-OnionTor").Invoke()[0]
            $shell.Streams.Error | Should -BeNullOrEmpty
            $shell.Streams.Progress.Activity | Should -Contain 'Connecting tor'
            $shell.Streams.Progress[-1].RecordType | Should -Be 'Completed'
        } finally { $shell.Dispose() }
        $tor.State | Should -Be 'Connected'
        $tor.Percent | Should -Be 100
        $tor.Connection | Should -Be 'Own'
        $tor.Version | Should -Match '^\d+\.\d+'
        $tor.Socks | Should -Match '^127\.0\.0\.1:\d+$'
        $tor.Transports | Should -BeNullOrEmpty
        $process = Get-Process -Id (Get-OnionTor).ProcessId
        Get-OnionTor | Disconnect-OnionTor -WhatIf
        (Get-OnionTor).State | Should -Be 'Connected'
        Get-OnionTor | Disconnect-OnionTor
        (Get-OnionTor).State | Should -Be 'Off'
        $process.WaitForExit(60000) | Should -BeTrue
    }

    It 'Test-OnionTor goes the whole way to an onion service of its own' {
        $checks = Test-OnionTor
        $checks.Name | Should -Be 'executable', 'version', 'control', 'clock', 'bootstrap', 'descriptor', 'round-trip'
        $checks.Result | Should -Not -Contain 'Failed'
        $checks.Result | Should -Not -Contain 'Skipped'
        ($checks | Where-Object Name -EQ 'round-trip').Elapsed | Should -BeGreaterThan ([timespan]::Zero)
        $checks | Out-String -Width 160 | Should -Match '✓ Passed +round-trip'
        Test-OnionTor -Quiet | Should -BeExactly $true
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'Test-OnionService goes as a visitor would, over a fresh circuit, and leaves no trace' {
        $share = Start-OnionShare $letter
        $steps = Test-OnionService
        $steps.Step | Should -Be 'descriptor', 'circuit', 'password', 'page', 'download'
        ($steps | Where-Object Result -NE Passed | Format-List | Out-String) | Should -BeNullOrEmpty
        $steps | Out-String -Width 80 | Should -Match '✓ Passed +circuit'
        $share.Visits, $share.Transfers, $share.ActiveTransfers | Should -Be 0, 0, 0
        $share.State | Should -Be 'Running'
        $share | Test-OnionService -Quiet | Should -BeExactly $true
        $share | Stop-OnionService
    }

    It 'Test-OnionService comes as far as a stranger where a client key is asked for, and all the way with one' {
        $share = Start-OnionShare $letter -RequireClientKey
        $access = $share | Grant-OnionAccess -Client alice
        (Test-OnionService).Result | Should -Be 'Skipped', 'Passed', 'Skipped', 'Skipped', 'Skipped'
        $steps = Test-OnionService -ClientKey $access.PrivateKey
        ($steps | Where-Object Result -In Failed, Skipped | Where-Object Step -NE descriptor | Format-List | Out-String) | Should -BeNullOrEmpty
        $share | Stop-OnionService
    }

    It 'a setting that does not connect is taken back, and that is said; services are reached again' {
        $share = Start-OnionShare $letter -KeepSharing
        # Nobody listens at port 9.
        Set-OnionTor -Proxy socks5://127.0.0.1:9 -ConnectTimeout 8s -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*Connect-OnionTor*'
        $refusal = Get-Refusal { Connect-OnionTor }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TorFellBack,*'
        $refusal.CategoryInfo.Category | Should -Be 'ConnectionError'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Test-OnionTor*'
        $tor = Get-OnionTor
        $tor.State | Should -Be 'Connected'
        $tor.Settings.Proxy | Should -BeNullOrEmpty
        $null = Wait-OnionService $share.Id -State Running -Timeout 60 -ErrorAction Stop
        Invoke-Visitor $share | Should -BeExactly 'a letter'
        $share | Stop-OnionService
    }

    It 'Disconnect-OnionTor is refused while a service needs tor; with -Force the service comes back at its address' {
        $share = Start-OnionShare $letter -KeepSharing
        $refusal = Get-Refusal { Disconnect-OnionTor }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TorInUse,*'
        $refusal.CategoryInfo.Category | Should -Be 'ResourceBusy'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
        ($share | Get-OnionService).State | Should -Be 'Running'
        Disconnect-OnionTor -Force
        ($share | Get-OnionService).State | Should -Be 'Disconnected'
        (Connect-OnionTor).State | Should -Be 'Connected'
        (Wait-OnionService $share.Id -State Running -Timeout 60 -ErrorAction Stop).Address | Should -Be $share.Address
        Invoke-Visitor $share | Should -BeExactly 'a letter'
        $share | Stop-OnionService
    }

    It 'uses a tor that runs already, by its cookie and by its password; a wrong password says so' {
        $password = [Guid]::NewGuid().ToString('N')
        $hash = tor --hash-password $password --quiet | Select-Object -Last 1
        $script:other = Start-OtherTor $network.Include $folder 'ControlPort 127.0.0.1:auto', 'CookieAuthentication 1', "HashedControlPassword $hash"
        $example = Join-Path $PSScriptRoot '../../examples/tor-system.ps1'
        $checks = & $example $other.Control 6>$null
        $checks.Name | Should -Be 'executable', 'version', 'control', 'clock', 'bootstrap', 'descriptor', 'round-trip'
        $checks.Result | Should -Not -Contain 'Failed'
        $tor = Get-OnionTor
        $tor.Connection | Should -Be 'ControlEndpoint'
        $tor.Source | Should -BeLike "*$($other.Control)*"
        $tor.ProcessId | Should -BeNullOrEmpty
        $share = Start-OnionShare $letter
        Invoke-Visitor $share | Should -BeExactly 'a letter'

        $secret = ConvertTo-SecureString $password -AsPlainText -Force
        (Set-OnionTor -ControlPassword $secret -CookieFile (Join-Path $place.Root 'none') -PassThru | Connect-OnionTor).State | Should -Be 'Connected'
        Set-OnionTor -ControlPassword 'not the password' -WarningAction SilentlyContinue
        $refusal = Get-Refusal { Connect-OnionTor }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'TorFellBack,*'
        "$refusal" | Should -Match 'password'
        (Get-OnionTor).State | Should -Be 'Connected'
        Disconnect-OnionTor -Force
        $other.Process.HasExited | Should -BeFalse
        (& $example -Undo).Connection | Should -Be 'Automatic'
    }

    It 'the example for bridges connects through one, says what is wrong with one that is not there, and undoes it' {
        Stop-OnionEngine -Force
        Wait-Until { -not (Get-OnionEngine) } 'the engine has ended'
        $env:ONIONSHARE_TORRC_INCLUDE = $network.BridgeInclude
        Set-OnionTor -Reset All
        $example = Join-Path $PSScriptRoot '../../examples/tor-bridges.ps1'
        $file = Join-Path $place.Root 'bridges.txt'
        Set-Content $file '# from the private network', $network.BridgeLine
        $transport = $network.BridgeLine -like 'obfs4 *' ? 'obfs4' : 'bridge'
        (& $example -Path $file 6>$null).Transports | Should -Be $transport
        $share = Start-OnionShare $letter
        Invoke-Visitor $share | Should -BeExactly 'a letter'

        # Nobody listens at port 9.
        Set-OnionTor -ConnectTimeout 8s -WarningAction SilentlyContinue
        $checks = '127.0.0.1:9 0123456789ABCDEF0123456789ABCDEF01234567' | & $example -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*in use again*'
        $checks.Result | Should -Not -Contain 'Failed'
        (Get-OnionTor).Transports | Should -Be $transport
        (& $example -Undo 6>$null).Transports | Should -BeNullOrEmpty
    }
}
