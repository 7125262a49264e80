BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
    $large = New-LargeFile (Join-Path $place.Root 'large.bin')
}

AfterAll { Remove-TestHome $place }

Describe 'Get-OnionTransfer' {
    AfterEach { Stop-OnionService * -Force }

    It 'tells of a download that is complete' {
        $service = Start-OnionShare $letter -LocalOnly -KeepSharing -Name read
        Save-Share $service (Join-Path $place.Root 'read.txt')
        Wait-Until { ($service | Get-OnionTransfer).State -eq 'Completed' } 'the download is complete'
        $transfer = Get-OnionTransfer read
        $transfer | Should -BeOfType OnionShare.OnionTransfer
        $transfer.Bytes | Should -Be 8
        $transfer.TotalBytes | Should -Be 8
        $transfer.Percent | Should -Be 100
        $transfer.Direction | Should -Be 'Download'
        $transfer.Name | Should -Be 'letter.txt'
        $transfer.Service | Should -Be 'read'
        $transfer.EndedAt | Should -BeGreaterOrEqual $transfer.StartedAt
    }

    It 'tells of a download under way' {
        $service = Start-OnionShare $large -LocalOnly
        $visitor = Open-SlowDownload $service
        try {
            Wait-Until { ($service | Get-OnionTransfer -State Active).Bytes -gt 0 } 'bytes are on their way'
            $transfer = $service | Get-OnionTransfer
            $transfer.TotalBytes | Should -Be 200MB
            $transfer.Percent | Should -BeLessThan 100
            ($transfer | Get-OnionService).Id | Should -Be $service.Id
        } finally { $visitor.Dispose() }
    }

    It 'renders as a table and as a list' {
        $service = Start-OnionShare $letter -LocalOnly -KeepSharing -Name shown
        Save-Share $service (Join-Path $place.Root 'shown.txt')
        Wait-Until { ($service | Get-OnionTransfer).State -eq 'Completed' } 'the download is complete'
        $service | Get-OnionTransfer | Out-String | Should -Match 'shown +1 +Download +Completed +100 % +8 B letter\.txt'
        $service | Get-OnionTransfer | Format-List | Out-String | Should -Match 'TotalBytes +: 8 B'
    }

    It 'follows: <Gives>, until the service has ended' -ForEach @(
        @{ Gives = 'each transfer once, when it has ended'; State = @(); States = @('Cancelled') }
        @{ Gives = 'with -State, each when it comes to one of these states'; State = 'Active', 'Cancelled'; States = 'Active', 'Cancelled' }
    ) {
        $service = Start-OnionShare $large -LocalOnly -Name followed
        $shell = [powershell]::Create()
        $visitor = $null
        try {
            $null = $shell.AddScript("param(`$State) Import-Module '$(Get-TestModule)'; Get-OnionTransfer followed -Follow -State `$State")
            $null = $shell.AddArgument($State)
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $call = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            $visitor = Open-SlowDownload $service
            Wait-Until { $shell.Streams.Progress.Count -gt 0 } 'progress is shown'
            $visitor.Dispose()
            Wait-Until { $output.Count -eq $States.Count } 'the end was given'
            $call.IsCompleted | Should -BeFalse
            $service | Stop-OnionService
            Wait-Until { $call.IsCompleted } 'the following ends with the service'
            $given = $output.ReadAll()
            $given.State | Should -Be $States
            $given.Id | Sort-Object -Unique | Should -Be 1
            $shell.Streams.Error | Should -BeNullOrEmpty
        } finally {
            if ($visitor) { $visitor.Dispose() }
            $shell.Dispose()
        }
    }

    It 'follows all services without a name, those that start later too, with percent, and rate and time left once these can be told' {
        $first = Start-OnionShare $large -LocalOnly -Name earlier
        $shell = [powershell]::Create()
        $visitor = $null
        try {
            $null = $shell.AddScript("Import-Module '$(Get-TestModule)'; Get-OnionTransfer -Follow")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $null = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            $visitor = Open-SlowDownload $first
            Wait-Until { $shell.Streams.Progress.Count -gt 0 } 'it listens'
            $shell.Streams.Progress[0].StatusDescription | Should -Match '^[\d.]+ \w+ of 200\.0 MiB, \d+ %(, [\d.]+ \w+/s.*)?$'
            $first | Stop-OnionService -Force
            $later = Start-OnionShare $letter -LocalOnly -Name later
            Save-Share $later (Join-Path $place.Root 'later.txt')
            Wait-Until { $output.Count -ge 2 } 'both were told of'
            $output.ReadAll() | ForEach-Object { "$($_.Service) $($_.State)" } | Should -Be 'earlier Cancelled', 'later Completed'
            # Counted: reading what is still open would wait for more.
            $shell.Streams.Error.Count | Should -Be 0
        } finally {
            if ($visitor) { $visitor.Dispose() }
            $shell.Stop()
            $shell.Dispose()
        }
    }

    It 'follows a service that has ended by telling what was, and returns' {
        $service = Start-OnionShare $letter -LocalOnly
        Save-Share $service (Join-Path $place.Root 'once.txt')
        ($service | Get-OnionTransfer -Follow).State | Select-Object -Last 1 | Should -Be 'Completed'
    }
}

Describe 'History' {
    BeforeAll { $file = Join-Path $place.State 'history.jsonl' }
    AfterEach { Stop-OnionService * -Force }

    It 'is not written unless asked for, and what ended is known all the same' {
        $service = Start-OnionShare $letter -LocalOnly -Name unwritten
        Save-Share $service (Join-Path $place.Root 'unwritten.txt')
        (Wait-OnionService unwritten).StopReason | Should -Be 'Downloaded'
        (Get-OnionTransfer unwritten -History).State | Should -Be 'Completed'
        $file | Should -Not -Exist
    }

    It 'is kept with -KeepHistory over the end of the engine, for this user alone, without link or password' {
        $service = Start-OnionShare $letter -LocalOnly -KeepHistory -Name kept
        $service.KeepsHistory | Should -BeTrue
        Save-Share $service (Join-Path $place.Root 'kept.txt')
        Wait-OnionService kept | Out-Null
        Stop-OnionEngine
        Wait-Until { -not (Get-OnionEngine) } 'the engine is gone'
        $known = Get-OnionTransfer kept -History
        $known.Name | Should -Be 'letter.txt'
        $known.State | Should -Be 'Completed'
        $known.ServiceId | Should -Be $service.Id
        @(Get-OnionTransfer k* -History).Count | Should -Be 1
        Get-Content -Raw $file | Should -Not -Match ([regex]::Escape($service.Password))
        if (-not $IsWindows) { [IO.File]::GetUnixFileMode($file) | Should -Be 'UserWrite, UserRead' }
    }

    It 'says so where nothing is known, and goes not with -Follow' {
        { Get-OnionTransfer nobody -History -ErrorAction Stop } | Should -Throw -ErrorId 'ServiceNotFound,*' -ExpectedMessage '*Nothing is known*'
        { Get-OnionTransfer -History -Follow } | Should -Throw -ErrorId 'ParametersClash,*'
    }

    It 'is cleared on the disk and in memory; services that run go on' {
        $service = Start-OnionShare $letter -LocalOnly -KeepHistory -KeepSharing -Name going
        Save-Share $service (Join-Path $place.Root 'going.txt')
        Wait-Until { Get-OnionTransfer going -State Completed } 'the download is complete'
        Clear-OnionHistory -WhatIf
        $file | Should -Exist
        Clear-OnionHistory
        $file | Should -Not -Exist
        Get-OnionTransfer -History | Should -BeNullOrEmpty
        (Get-OnionService going).State | Should -Be 'Running'
        Clear-OnionHistory
    }

    It 'has the visits of a website on request' {
        Set-Content (Join-Path $place.Files 'index.html') '<p>hello'
        $site = Start-OnionWebsite $place.Files -LocalOnly -IncludeVisits -Name visited
        $other = Start-OnionWebsite $place.Files -LocalOnly -Name unvisited
        foreach ($page in '/', '/', '/sub/') { $null = Get-Page $site $page; $null = Get-Page $other $page }
        Wait-Until { @(Get-OnionTransfer visited -State Completed).Count -eq 3 } 'three visits are known'
        (Get-OnionTransfer visited).Name | Should -Be '/', '/', '/sub/'
        Get-OnionTransfer unvisited | Should -BeNullOrEmpty
        Remove-Item (Join-Path $place.Files 'index.html')
    }
}
