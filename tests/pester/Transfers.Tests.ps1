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

    It 'follows: each transfer when it begins and when it ends, until the service has ended' {
        $service = Start-OnionShare $large -LocalOnly -Name followed
        $shell = [powershell]::Create()
        $visitor = $null
        try {
            $null = $shell.AddScript("Import-Module '$(Get-TestModule)'; Get-OnionTransfer followed -Follow")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $call = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            $visitor = Open-SlowDownload $service
            Wait-Until { $output.Count -eq 1 } 'the begin was given'
            $output[0].State | Should -Be 'Active'
            $visitor.Dispose()
            Wait-Until { $output.Count -eq 2 } 'the end was given'
            $output[1].State | Should -Be 'Cancelled'
            $output[1].Id | Should -Be $output[0].Id
            $call.IsCompleted | Should -BeFalse
            $service | Stop-OnionService
            Wait-Until { $call.IsCompleted } 'the following ends with the service'
            $output.Count | Should -Be 2
            $shell.Streams.Error | Should -BeNullOrEmpty
            $shell.Streams.Progress.Count | Should -BeGreaterThan 0
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
