BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $large = New-LargeFile (Join-Path $place.Root 'large.bin')
}

AfterAll { Remove-TestHome $place }

Describe 'Without an engine' {
    It '<_> gives nothing and starts none' -ForEach 'Get-OnionService', 'Get-OnionTransfer', 'Get-OnionEngine', 'Stop-OnionEngine' {
        & $_ | Should -BeNullOrEmpty
        Get-OnionService * | Should -BeNullOrEmpty
        Test-Path $place.State | Should -BeFalse
    }

    It 'Get-OnionEngine says so with -Verbose' {
        Get-OnionEngine -Verbose 4>&1 | Should -BeLike 'No engine is running*'
    }
}

Describe 'Get-OnionService' {
    BeforeAll {
        $one = Start-OnionShare $place.Files -LocalOnly -Name 'photos one'
        $two = Start-OnionShare $place.Files -LocalOnly -Name 'photos [two]'
        Start-OnionShare $place.Files -LocalOnly -Name gone | Stop-OnionService
    }

    AfterAll { Stop-OnionService * }

    It 'shows those that have not ended' { (Get-OnionService).Name | Sort-Object | Should -Be 'photos [two]', 'photos one' }
    It 'shows ended ones when asked' { (Get-OnionService -IncludeEnded).Name | Should -Contain 'gone' }
    It 'shows ended ones when their state is asked for' { (Get-OnionService -State Stopped).Name | Should -Be 'gone' }
    It 'finds by wildcard' { (Get-OnionService '*one').Id | Should -Be $one.Id }
    It 'finds by id' { (Get-OnionService $two.Id).Name | Should -Be 'photos [two]' }
    It 'finds a name with [ as it is written' { (Get-OnionService 'photos [two]').Id | Should -Be $two.Id }
    It 'finds by a piped object' { ($one | Get-OnionService).Id | Should -Be $one.Id }
    It 'finds by a piped name' { ('photos one' | Get-OnionService).Id | Should -Be $one.Id }
    It 'picks by mode' { Get-OnionService -Mode Chat | Should -BeNullOrEmpty }
    It 'says nothing of a wildcard that fits none' { Get-OnionService 'x*' -ErrorAction Stop | Should -BeNullOrEmpty }

    It 'reports a name that is not there, and goes on' {
        $found = Get-OnionService 'nobody', 'photos one' -ErrorAction SilentlyContinue -ErrorVariable problem
        $found.Id | Should -Be $one.Id
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ServiceNotFound,*'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-IncludeEnded*'
    }

    It 'takes <_>, which PowerShell takes for a number, as the text it is' -ForEach '12345678', '1234e567', '01234567', '0x10', '1d' {
        Invoke-Expression "Get-OnionService $_ -ErrorAction SilentlyContinue -ErrorVariable problem"
        $problem[0].TargetObject | Should -BeExactly $_
    }

    It 'finds by <Copy>' -ForEach @(
        @{ Copy = 'a copy from another session'; Make = { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($args[0])) } }
        @{ Copy = 'selected properties'; Make = { $args[0] | Select-Object Name, State } }
    ) {
        (& $Make $two | Get-OnionService).Id | Should -Be $two.Id
    }

    It 'takes <Row> by its columns, and a name in it for that name alone' -ForEach @(
        @{ Row = 'a row with a name'; Make = { [pscustomobject]@{ Name = $one.Name } } }
        @{ Row = 'a row with an id'; Make = { [pscustomobject]@{ Id = $one.Id; Name = 'another' } } }
        @{ Row = 'a row of a table of transfers'; Make = { "Id,Service,Name`n1,$($one.Name),report.pdf" | ConvertFrom-Csv } }
        @{ Row = 'a row of Export-Csv'; Make = { $one | ConvertTo-Csv | ConvertFrom-Csv } }
    ) {
        (& $Make | Get-OnionService -ErrorAction Stop).Id | Should -BeExactly $one.Id
        [pscustomobject]@{ Name = '*' } | Get-OnionService -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ServiceNotFound,*'
    }

    It 'refuses what is no service, whatever its text looks like' {
        { [pscustomobject]@{ Text = '*' } | Get-OnionService -ErrorAction Stop } | Should -Throw '*is not a service*'
        { Get-Item $place.Files | Stop-OnionService -ErrorAction Stop } | Should -Throw '*is not a service*'
        { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize((Get-Item $place.Files))) | Stop-OnionService -ErrorAction Stop } |
            Should -Throw '*is not a service*'
        (Get-OnionService).Count | Should -Be 2
    }

    It 'renders as a table and as a list' {
        $table = Get-OnionService | Out-String -Width 160
        $table | Should -Match 'Name +Mode +State +Visits +Transfers +Age/End +Address'
        $table | Should -Match ([regex]::Escape($one.Address))
        $list = $one | Get-OnionService | Format-List | Out-String -Width 160
        $list | Should -Match 'Lifetime +: Session'
        $list | Should -Match ([regex]::Escape($place.Files))
    }

    It 'completes names: quoted where needed, with a tooltip' {
        $line = 'Stop-OnionService ph'
        $matches = (TabExpansion2 $line $line.Length).CompletionMatches
        $matches.CompletionText | Sort-Object | Should -Be "'photos ``[two``]'", "'photos one'"
        $matches.ListItemText | Should -Contain 'photos one'
        ($matches | Where-Object ListItemText -eq 'photos one').ToolTip | Should -BeLike "Share, Running, 127.0.0.1:$($one.Port)"
        foreach ($match in $matches) { (Invoke-Expression "Get-OnionService $($match.CompletionText)").Name | Should -Be $match.ListItemText }
    }

    It 'completes a word already quoted' {
        $line = "Get-OnionService 'photos o"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be "'photos one'"
    }

    It 'completes a name with quotes so that it stays one word' {
        $quoted = Start-OnionShare $place.Files -LocalOnly -Name "it's ‘so’; exit"
        $line = 'Get-OnionService it'
        $text = (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
        $tokens = $null
        $null = [System.Management.Automation.Language.Parser]::ParseInput("x $text", [ref]$tokens, [ref]$null)
        $tokens[1].Value | Should -BeExactly "it's ‘so’; exit"
        $quoted | Stop-OnionService
    }
}

Describe 'Stop-OnionService' {
    It 'stops by name, object and wildcard, and gives the services with -PassThru' {
        'a1', 'a2', 'b', 'c' | ForEach-Object { Start-OnionShare $place.Files -LocalOnly -Name $_ } | Out-Null
        (Stop-OnionService b -PassThru).State | Should -Be 'Stopped'
        Get-OnionService c | Stop-OnionService | Should -BeNullOrEmpty
        (Stop-OnionService a* -PassThru).Count | Should -Be 2
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'stops nothing with -WhatIf' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $service | Stop-OnionService -WhatIf
        ($service | Get-OnionService).State | Should -Be 'Running'
        $service | Stop-OnionService
    }

    It 'takes a service that has ended for what it is: no error' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $service | Stop-OnionService
        ($service | Stop-OnionService -PassThru -ErrorAction Stop).State | Should -Be 'Stopped'
    }

    It 'lets a download finish, and cuts it with -Force' {
        $service = Start-OnionShare $large -LocalOnly
        $visitor = Open-SlowDownload $service
        try {
            Wait-Until { ($service | Get-OnionService).ActiveTransfers -eq 1 } 'the download is under way'
            ($service | Stop-OnionService -NoWait -PassThru).State | Should -Be 'Draining'
            ($service | Stop-OnionService -Force -PassThru).State | Should -Be 'Stopped'
        } finally { $visitor.Dispose() }
        ($service | Get-OnionTransfer).State | Should -Be 'Cancelled'
    }
}

Describe 'Wait-OnionService' {
    AfterEach { Stop-OnionService * -Force }

    It 'gives up after -Timeout, with an error' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $result = $service | Wait-OnionService -Timeout 0.2s -ErrorAction SilentlyContinue -ErrorVariable problem
        $result | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'TimedOut,*'
        $problem[0].CategoryInfo.Category | Should -Be 'OperationTimeout'
        $problem[0].TargetObject.Id | Should -Be $service.Id
    }

    It 'returns at once for a service that has ended' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $service | Stop-OnionService
        ($service | Wait-OnionService -Timeout 60).State | Should -Be 'Stopped'
    }

    It 'waits for a state' {
        $service = Start-OnionShare $place.Files -LocalOnly -NoWait
        ($service | Wait-OnionService -State Running -Timeout 60).Url | Should -Not -BeNullOrEmpty
    }

    It 'reports a service that ends before it comes to the state' {
        $service = Start-OnionShare $place.Files -LocalOnly -StartAt (Get-Date).AddHours(1)
        $service | Stop-OnionService
        $service | Wait-OnionService -State Running -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ServiceEnded,*'
    }

    It 'returns with the first of several with -Any' {
        $short = Start-OnionShare $place.Files -LocalOnly -StopAfter 0.5s
        $long = Start-OnionShare $place.Files -LocalOnly
        ($long, $short | Wait-OnionService -Any -Timeout 60).Id | Should -Be $short.Id
    }
}

Describe 'The URL' {
    BeforeAll { $service = Start-OnionShare $place.Files -LocalOnly -Name url }
    AfterAll { Stop-OnionService * }

    It 'is drawn by Show-OnionUrl, with the text below' {
        $lines = Show-OnionUrl url
        $lines[-1] | Should -BeExactly $service.Url
        $lines.Count | Should -BeGreaterThan 15
        $lines[0..($lines.Count - 2)] | Should -Match '^[ █▀▄]+$'
    }

    It 'must be asked for by name when there are several' {
        $other = Start-OnionShare $place.Files -LocalOnly -Name other
        Show-OnionUrl -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NameNeeded,*'
        "$($problem[0])" | Should -BeLike '*url*other*'
        $other | Stop-OnionService
    }

    It 'is not there for a service without an address' {
        $later = Start-OnionShare $place.Files -LocalOnly -StartAt (Get-Date).AddHours(1)
        Copy-OnionUrl $later -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NoAddress,*'
        $later | Stop-OnionService
    }
}

Describe 'The engine' {
    It 'tells of itself, as a table and as a list' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $engine = Get-OnionEngine
        $engine.Services | Should -Be 1
        $engine.StateFolder | Should -Be $place.State
        (Get-Process -Id $engine.ProcessId).Id | Should -Be $engine.ProcessId
        $engine | Out-String | Should -Match 'Version +ProcessId +Services +Tor +StartedAt'
        $engine | Format-List | Out-String | Should -Match 'StateFolder +:'
        $service | Stop-OnionService
    }

    It 'is not stopped with -WhatIf' {
        $null = Start-OnionShare $place.Files -LocalOnly
        Stop-OnionEngine -WhatIf
        Get-OnionEngine | Should -Not -BeNullOrEmpty
    }

    It 'ends with Stop-OnionEngine, and its services with it; the next service starts another' {
        $service = Start-OnionShare $place.Files -LocalOnly
        $engine = Get-OnionEngine
        Stop-OnionEngine
        Get-OnionEngine | Should -BeNullOrEmpty
        { Invoke-WebRequest "http://$($service.Address)" -TimeoutSec 60 } | Should -Throw '*refused*'
        $null = Start-OnionShare $place.Files -LocalOnly
        (Get-OnionEngine).ProcessId | Should -Not -Be $engine.ProcessId
    }
}
