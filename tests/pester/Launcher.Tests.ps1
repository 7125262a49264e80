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
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*broken serve --no-resume'
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

Describe 'The engine' {
    AfterEach { Stop-OnionEngine -Force -ErrorAction Ignore }

    It 'runs in a second process of this PowerShell, and leaves no diagnostic socket' -Skip:$IsWindows {
        $null = Start-OnionShare $place.Files -LocalOnly
        $engine = Get-OnionEngine
        (Get-Process -Id $engine.ProcessId).Path | Should -Be (Get-Process -Id $PID).Path
        Get-ChildItem ([IO.Path]::GetTempPath()) -Filter "dotnet-diagnostic-$($engine.ProcessId)-*" | Should -BeNullOrEmpty
        Get-ChildItem ([IO.Path]::GetTempPath()) -Filter "CoreFxPipe_PSHost.*.$($engine.ProcessId).*" | Should -BeNullOrEmpty
    }

    It 'is run by the script where the path of the module can''t be that of a startup hook' -Skip:$IsWindows {
        $module = Join-Path $place.Root "a module: ☂"
        Copy-Item -Recurse (Split-Path (Get-TestModule)) $module
        $shell = (Get-Process -Id $PID).Path
        $env:ONIONSHARE_HOME = Join-Path $place.Root 'script'
        try {
            & $shell -NoProfile -NonInteractive -Command "
                Import-Module '$module/OnionShare.psd1'
                (Start-OnionShare '$($place.Files)' -LocalOnly).State
                'diagnostics: ' + @(Get-ChildItem ([IO.Path]::GetTempPath()) -Filter `"CoreFxPipe_PSHost.*.`$((Get-OnionEngine).ProcessId).*`").Count
                Stop-OnionEngine -Force" | Should -Be 'Running', 'diagnostics: 0'
        } finally { $env:ONIONSHARE_HOME = $place.State }
    }

    It 'is found for a host that has PowerShell in it, and no executable' {
        $null = New-Item -ItemType Directory ($folder = Join-Path $place.Root 'PATH')
        $program = New-Item (Join-Path $folder ($IsWindows ? 'pwsh.exe' : 'pwsh'))
        $around = (Get-Command Start-OnionShare).ImplementingType.Assembly.GetType('OnionShare.Cmdlets.Engine.EngineProgram').GetMethod('Around')
        $around.Invoke($null, @([string](Join-Path $place.Root 'nowhere'), [string[]]@('relative', $folder))) | Should -Be $program.FullName
        $around.Invoke($null, @([string]$folder, [string[]]@())) | Should -Be $program.FullName
    }
}

Describe 'An engine of another version' -Skip:$IsWindows {
    BeforeAll { Import-Module (Join-Path $PSScriptRoot 'StandInEngine.psm1') -Force }

    BeforeEach {
        $engine = Start-StandInEngine
        $status = $engine.Answers['GET /v1/engine'].Peek()[2] -replace '"version":"[^"]*"', '"version":"9.8.7"'
    }

    AfterEach { Stop-StandInEngine $engine }

    It 'that has services is left alone: the error says so, and what to do' {
        Set-Answer $engine 'GET /v1/engine' ($status -replace '"services":0', '"services":2')
        $failure = Get-Failure
        $failure.FullyQualifiedErrorId | Should -BeLike 'EngineOtherVersion,*'
        "$failure" | Should -BeLike 'The engine that runs is version 9.8.7, with 2 services; this module is version*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Stop-OnionEngine*'
        $engine.Requests.Route | Should -Not -Contain 'DELETE /v1/engine'
    }

    It 'that has none is asked to end' {
        Set-Answer $engine 'DELETE /v1/engine' '{}'
        Set-Answer $engine 'GET /v1/engine' $status, $status, $status, 'hang up'
        $env:ONIONSHARE_ENGINE = Join-Path $place.Root 'the next engine'
        try { { Start-OnionShare $place.Files -LocalOnly } | Should -Throw '*the next engine*does not exist*' } finally { $env:ONIONSHARE_ENGINE = $set }
        $engine.Requests.Route | Should -Contain 'DELETE /v1/engine'
    }
}

Describe 'The module' {
    It 'can be imported beside another copy of itself' {
        $copy = Join-Path $place.Root 'copy/OnionShare'
        $null = New-Item -ItemType Directory (Split-Path $copy)
        Copy-Item -Recurse (Split-Path (Get-TestModule)) $copy
        & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
            `$ErrorActionPreference = 'Stop'
            Import-Module '$(Get-TestModule)'
            Import-Module '$copy/OnionShare.psd1'
            @(Get-Module OnionShare).Count
            @(Get-OnionService).Count" | Should -Be '2', '0'
    }

    It 'says in the help of its verbs how it is called' {
        $script = Join-Path (Split-Path (Get-TestModule)) 'engine/engine.ps1'
        & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File $script share --help | Should -Contain '  engine.ps1 share <PATH>... [options]'
    }
}
