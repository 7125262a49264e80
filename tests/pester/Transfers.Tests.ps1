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

    It 'follows a service that has ended by telling what was, and returns' {
        $service = Start-OnionShare $letter -LocalOnly
        Save-Share $service (Join-Path $place.Root 'once.txt')
        ($service | Get-OnionTransfer -Follow).State | Select-Object -Last 1 | Should -Be 'Completed'
    }
}
