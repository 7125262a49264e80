BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
}

AfterAll { Remove-TestHome $place }

Describe 'Get-OnionLog' {
    It 'gives nothing where no engine runs, and starts none' {
        Get-OnionLog | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
    }

    It 'tells what services came to and why, without password, and writes nothing to the disk' {
        $share = Start-OnionShare $letter -LocalOnly -KeepSharing -Name logged -Password swordfish-of-old
        $share | Stop-OnionService
        $log = Get-OnionLog
        $log | Should -BeOfType OnionShare.OnionLogRecord
        $log.Message | Should -Contain "'logged' is Running."
        $log.Message | Should -Contain "'logged' is Stopped (Requested)."
        "$($log.Message)" | Should -Not -Match 'swordfish'
        @(Get-OnionLog 1).Count | Should -Be 1
        Get-OnionLog -Importance Warning | ForEach-Object Importance | Should -Not -Contain 'Information'
        $log | Out-String -Width 80 | Should -Match "(?m)^\d\d:\d\d:\d\d Information +'logged' is Running\.\s*$"
        # Its socket and its lock are all there is.
        Get-ChildItem $place.State -Recurse -File | Where-Object { $_.Directory.Name -ne 'run' } | Should -BeNullOrEmpty
    }
}

Describe '-Verbose' {
    It 'tells the steps of a start, without password' {
        $told = Start-OnionShare $letter -LocalOnly -Name steps -Password swordfish-of-old -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$told" | Should -Match "taken on the Share service 'steps', id [0-9a-f]{8}\."
        "$told" | Should -Match "'steps' is Running\. Its address is 127\.0\.0\.1:\d+"
        "$told" | Should -Not -Match 'swordfish'
    }
}
