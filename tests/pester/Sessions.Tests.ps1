BeforeDiscovery {
    $hasTor = [bool](Get-Command tor -CommandType Application -ErrorAction Ignore)
    if (-not $hasTor -and $env:ONIONSHARE_REQUIRE -split ',' -contains 'tor') { throw 'There is no tor, but ONIONSHARE_REQUIRE names it.' }
    if (-not $hasTor) { Write-Host 'skipped: no tor; apt install tor' }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
    # A tor that never goes on the network: a service that needs one stays in Connecting.
    $env:ONIONSHARE_TORRC_INCLUDE = Join-Path $place.Root 'torrc'
    Set-Content $env:ONIONSHARE_TORRC_INCLUDE 'DisableNetwork 1'
}

AfterAll {
    Remove-TestHome $place
    Remove-Item Env:ONIONSHARE_TORRC_INCLUDE
}

Describe 'Sessions' {
    AfterEach { Stop-OnionService * -Force }

    It 'refuse a state folder that is no whole path' {
        Invoke-Session "`$env:ONIONSHARE_HOME = 'rel'; try { Get-OnionService -ErrorAction Stop } catch { `$_.Exception.Message }" |
            Should -BeExactly "ONIONSHARE_HOME is 'rel', which is no absolute path. Set it to the whole path of a folder, from the root on."
    }

    It 'see the same services' {
        $mine = Start-OnionShare $letter -LocalOnly -Name mine
        Invoke-Session '(Get-OnionService mine).Url' | Should -BeExactly $mine.Url
        Invoke-Session 'Stop-OnionService mine'
        ($mine | Get-OnionService).State | Should -Be 'Stopped'
    }

    It 'let a pipe behind them end while the engine lives on' {
        Stop-OnionEngine
        Invoke-Session "(Start-OnionShare '$letter' -LocalOnly -Detach -Name piped).Url" | Should -BeLike 'http://onionshare:*'
        (Get-OnionService piped).State | Should -Be 'Running'
    }

    It 'take their services down when they end' {
        $null = Invoke-Session "Start-OnionShare '$letter' -LocalOnly -Name brief"
        $null = Wait-OnionService ((Get-OnionService brief -IncludeEnded).Id) -Timeout 60 -ErrorAction Stop
        (Get-OnionService brief -IncludeEnded).StopReason | Should -Be 'OwnerEnded'
    }

    It 'take their services down when they are killed, but not those that are detached' {
        $session = Start-Session -Stay "Start-OnionShare '$letter' -LocalOnly -Name owned; Start-OnionShare '$letter' -LocalOnly -Detach -Name detached"
        try {
            Wait-Until { (Get-OnionService -State Running).Count -eq 2 } 'both services run'
            (Get-OnionService owned).OwnerProcessId | Should -Be $session.Id
        } finally { $session.Kill() }
        $ended = Wait-OnionService (Get-OnionService owned -IncludeEnded) -Timeout 60
        $ended.StopReason | Should -Be 'OwnerEnded'
        (Get-OnionService detached).State | Should -Be 'Running'
        (Get-OnionService detached).Lifetime | Should -Be 'Detached'
    }

    It 'that start at the same moment meet at one engine' {
        Stop-OnionEngine -Force
        $sessions = 1..3 | ForEach-Object { Start-Session -Stay "`$null = Start-OnionShare '$letter' -LocalOnly; (Get-OnionEngine).ProcessId" }
        try {
            $engines = foreach ($session in $sessions) {
                $line = $session.StandardOutput.ReadLineAsync()
                if ($line.Wait(60000)) { $line.Result } else { 'silent' }
            }
            $engines | Sort-Object -Unique | Should -Be "$((Get-OnionEngine).ProcessId)"
            (Get-OnionService).Count | Should -Be 3
        } finally { $sessions.Kill() }
    }
}

Describe 'A service that is held in a variable' {
    AfterEach { Stop-OnionService * -Force }

    It 'tells how it stands now, also when its engine was killed' {
        $service = Start-OnionShare $letter -LocalOnly -Name held
        $service.State | Should -Be 'Running'
        $engine = Get-Process -Id (Get-OnionEngine).ProcessId
        $engine.Kill()
        $engine.WaitForExit()
        Wait-Until { $service.State -eq 'Failed' } 'it is known to be down'
        $service.Error.Detail | Should -BeExactly 'The engine ended; its services are down.'
    }

    It 'tells its end when it is waited for afterwards, by itself or by name' {
        $service = Start-OnionShare $letter -LocalOnly -Name over
        Stop-OnionService over
        ($service | Wait-OnionService).StopReason | Should -Be 'Requested'
        (Wait-OnionService over).Id | Should -Be $service.Id
        Wait-Until { $service.State -eq 'Stopped' } 'it is known to be down'
    }
}

Describe 'A stop' {
    BeforeEach {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$(Get-TestModule)'").Invoke()
        $shell.Commands.Clear()
    }

    AfterEach {
        $shell.Dispose()
        Stop-OnionService * -Force
    }

    It 'while a service is being published takes the service down, and is no error' -Skip:(-not $hasTor) {
        $null = $shell.AddCommand('Start-OnionShare').AddParameter('Path', $letter).AddParameter('Name', 'interrupted')
        $call = $shell.BeginInvoke()
        Wait-Until { Get-OnionService interrupted -State Connecting -ErrorAction Ignore } 'it waits for tor'
        Wait-Until { $shell.Streams.Progress.Count -gt 0 } 'it shows progress'
        $shell.Stop()
        Get-OnionService | Should -BeNullOrEmpty
        (Get-OnionService interrupted -IncludeEnded).StopReason | Should -Be 'Requested'
        $shell.Streams.Error | Should -BeNullOrEmpty
        { $shell.EndInvoke($call) } | Should -Throw '*stopped*'
    }

    It 'of <_> ends the waiting and leaves the service' -ForEach 'Wait-OnionService', 'Get-OnionTransfer' {
        $service = Start-OnionShare $letter -LocalOnly
        $null = $shell.AddCommand($_).AddParameter('Name', $service.Id)
        if ($_ -eq 'Get-OnionTransfer') { $null = $shell.AddParameter('Follow') }
        $call = $shell.BeginInvoke()
        Wait-Until { $shell.InvocationStateInfo.State -eq 'Running' } 'it runs'
        $shell.Stop()
        $call.IsCompleted | Should -BeTrue
        $shell.Streams.Error | Should -BeNullOrEmpty
        ($service | Get-OnionService).State | Should -Be 'Running'
    }

    It 'from a command further down the pipeline is no error either' {
        1..3 | ForEach-Object { $null = Start-OnionShare $letter -LocalOnly -Name "s$_" }
        (Get-OnionService s* -ErrorAction Stop | Select-Object -First 1).Name | Should -BeLike 's?'
    }
}

Describe 'A job' {
    AfterEach {
        Get-Job | Remove-Job -Force
        Stop-OnionService * -Force
    }

    It 'lasts as long as its service and gives it as output' {
        $job = Start-OnionShare $letter -LocalOnly -AsJob -Name jobbed
        Wait-Until { $job.HasMoreData } 'the service is reachable'
        $job.State | Should -Be 'Running'
        $service = Receive-Job $job
        $service.Name | Should -Be 'jobbed'
        $service | Out-String -Width 200 | Should -Match ([regex]::Escape($service.Url)) -Because 'whoever looks at the output has the link'
        Save-Share $service (Join-Path $place.Root 'jobbed.txt')
        (Wait-Job $job -Timeout 60).State | Should -Be 'Completed'
    }

    It 'takes its service down with Stop-Job' {
        $job = Start-OnionShare $letter -LocalOnly -AsJob -Name stopped
        Wait-Until { $job.HasMoreData } 'the service is reachable'
        (Get-Job -Id $job.Id).Location | Should -BeLike '127.0.0.1:*'
        Stop-Job $job
        $job.State | Should -Be 'Stopped'
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'names its service to the other cmdlets' {
        $job = Start-OnionShare $letter -LocalOnly -AsJob
        Wait-Until { $job.HasMoreData } 'the service is reachable'
        ($job | Stop-OnionService -PassThru).State | Should -Be 'Stopped'
        (Wait-Job $job -Timeout 60).State | Should -Be 'Completed'
    }

    It 'fails with the error when the service can not be started' {
        $null = Start-OnionShare $letter -LocalOnly -Name taken
        $job = Start-OnionShare $letter -LocalOnly -AsJob -Name taken
        (Wait-Job $job -Timeout 60).State | Should -Be 'Failed'
        Receive-Job $job -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NameInUse*'
    }

    It 'refuses a missing path before there is a job' {
        { Start-OnionShare (Join-Path $place.Root 'nowhere') -LocalOnly -AsJob -ErrorAction Stop } | Should -Throw '*does not exist*'
        Get-Job | Should -BeNullOrEmpty
    }
}
