BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $set = $env:ONIONSHARE_ENGINE

    function Get-Failure {
        try { $null = Start-OnionShare $place.Files -LocalOnly } catch { return $_ }
        throw 'It did not fail.'
    }
}

AfterAll {
    $env:ONIONSHARE_ENGINE = $set
    Remove-TestHome $place
}

Describe 'When the engine' {
    AfterEach { $env:ONIONSHARE_ENGINE = $set }

    It 'is missing, the error says where it was looked for' {
        $env:ONIONSHARE_ENGINE = Join-Path $place.Root 'no-engine'
        $failure = Get-Failure
        $failure.FullyQualifiedErrorId | Should -BeLike 'EngineNotFound,*'
        "$failure" | Should -BeLike '*no-engine*does not exist*'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'can not be run, the error says so' -Skip:$IsWindows {
        $env:ONIONSHARE_ENGINE = Join-Path $place.Root 'not-executable'
        Set-Content $env:ONIONSHARE_ENGINE 'text'
        (Get-Failure).FullyQualifiedErrorId | Should -BeLike 'EngineNotStarted,*'
    }

    It 'ends at once, the error holds what it said, with nothing in it that could move a terminal' -Skip:$IsWindows {
        $env:ONIONSHARE_ENGINE = Join-Path $place.Root 'broken'
        Set-Content $env:ONIONSHARE_ENGINE "#!/bin/sh`nprintf 'the disk is \033[31mfull\n' >&2`nexit 3"
        chmod +x $env:ONIONSHARE_ENGINE
        $failure = Get-Failure
        $failure.FullyQualifiedErrorId | Should -BeLike 'EngineNotStarted,*'
        "$failure" | Should -BeLike '*exit code 3: the disk is \u{1B}`[31mfull*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*broken serve'
    }

    It 'was killed, the socket it left does not hinder the next' {
        $null = Start-OnionShare $place.Files -LocalOnly
        $killed = Get-Process -Id (Get-OnionEngine).ProcessId
        $killed.Kill()
        $killed.WaitForExit()
        Get-OnionService | Should -BeNullOrEmpty
        (Start-OnionShare $place.Files -LocalOnly).State | Should -Be 'Running'
        Stop-OnionEngine -Force
    }

    It 'is killed while it is waited for, the error says so' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $later = Start-OnionShare $place.Files -LocalOnly -StartAt (Get-Date).AddHours(1) -NoWait
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$(Get-TestModule)'; Wait-OnionService $($service.Id), $($later.Id) -State Running")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $call = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            Wait-Until { $output.Count -eq 1 } 'it tells of the one that runs, and waits for the other'
            (Get-Process -Id (Get-OnionEngine).ProcessId).Kill()
            Wait-Until { $call.IsCompleted } 'the waiting ends'
            "$($shell.InvocationStateInfo.Reason) $($shell.Streams.Error)" | Should -Match 'engine ended|No service|Stopped'
        } finally { $shell.Dispose() }
    }

    It 'has its socket in a folder open to others, it is not talked to' -Skip:$IsWindows {
        $null = Start-OnionShare $place.Files -LocalOnly
        $folder = Split-Path (Get-OnionEngine).Socket
        [IO.File]::SetUnixFileMode($folder, 'UserRead, UserWrite, UserExecute, OtherRead, OtherExecute')
        try {
            { Get-OnionService } | Should -Throw '*open to other users*'
            try { Get-OnionService } catch { $_.CategoryInfo.Category | Should -Be 'SecurityError' }
        } finally { [IO.File]::SetUnixFileMode($folder, 'UserRead, UserWrite, UserExecute') }
    }
}
