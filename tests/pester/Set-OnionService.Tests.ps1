BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
    $plan = Join-Path $place.Files 'plan 1.txt'
    function Get-Index($Service) { Get-Page $Service '/files.json' | ConvertFrom-Json }
}

AfterAll { Remove-TestHome $place }

Describe 'Set-OnionService' {
    AfterEach {
        Get-OnionService | Stop-OnionService -Force
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
    }

    It 'names all it can change when it is told nothing, and no way of Start-OnionShare when the password is empty' {
        $null = Start-OnionShare $letter -LocalOnly -Name papers
        $advice = try { Set-OnionService papers } catch { $_.ErrorDetails.RecommendedAction }
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($name in (Get-Command Set-OnionService).Parameters.Keys | Where-Object { $_ -notin $common + 'Name' + 'PassThru' }) { $advice | Should -Match "-$name\b" }
        $advice = try { Set-OnionService papers -Password '' } catch { $_.ErrorDetails.RecommendedAction }
        $advice | Should -BeLike '*Nothing was changed.'
        $advice | Should -Not -Match 'made up|-Public'
    }

    It '-Detach leaves a service running that its session has left; and saved, it comes back' {
        Invoke-Session "
            `$null = Start-OnionShare '$letter' -LocalOnly -Name left -Save -KeepSharing
            Set-OnionService left -Detach
        "
        $left = Get-OnionService left -ErrorAction Stop
        $left.State | Should -Be 'Running'
        $left.Lifetime | Should -Be 'Detached'
        $left.OwnerProcessId | Should -BeNullOrEmpty
        (Get-OnionService -Saved left).ComesBack | Should -BeTrue
    }

    It '-KeepHistory keeps from now on, and no more when it is taken back' {
        $share = Start-OnionShare $letter -LocalOnly -KeepSharing
        (Set-OnionService $share -KeepHistory -PassThru).KeepsHistory | Should -BeTrue
        Save-Share $share (Join-Path $place.Root 'kept.txt')
        Wait-Until { @(Get-OnionTransfer $share).State -eq 'Completed' } 'the download is complete'
        (Set-OnionService $share -KeepHistory:$false -PassThru).KeepsHistory | Should -BeFalse
        Save-Share $share (Join-Path $place.Root 'not.txt')
        Wait-Until { @((Get-OnionTransfer $share).State -eq 'Completed').Count -eq 2 } 'both downloads are complete'
        $share | Stop-OnionService
        @(Get-Content ([OnionShare.Contracts.StatePaths]::HistoryFile())).Count | Should -Be 1
        Clear-OnionHistory -Confirm:$false
    }

    It '-NewName renames what runs and what is saved' {
        $share = Start-OnionShare $letter -LocalOnly -Name old -Save -KeepSharing
        $share | Set-OnionService -NewName 'new one'
        (Get-OnionService).Name | Should -Be 'new one'
        (Get-OnionService -Saved).Name | Should -Be 'new one'
        Save-Share $share (Join-Path $place.Root 'got')
        (Get-OnionTransfer).Service | Should -Be 'new one'
        $share | Stop-OnionService
        (Restore-OnionService 'new one').State | Should -Be 'Running'
    }

    It '-NewName refuses the name of another, running or saved, and names one only' {
        $null = Start-OnionChat -LocalOnly -Name taken
        $null = Start-OnionShare $letter -LocalOnly -Name kept -Save
        Stop-OnionService kept
        $null = Start-OnionShare $letter -LocalOnly -Name mine -Save -KeepSharing
        Set-OnionService mine -NewName TAKEN -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NameInUse,*'
        Set-OnionService mine -NewName Kept -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SavedNameInUse,*'
        { Set-OnionService * -NewName one -ErrorAction Stop } | Should -Throw '*one service only*'
        (Get-OnionService).Name | Sort-Object | Should -Be 'mine', 'taken'
        (Get-OnionService -Saved).Name | Sort-Object | Should -Be 'kept', 'mine'
    }

    It '-AddPath and -RemovePath change what is shared while it runs: page, listing, index and download follow' {
        $share = Start-OnionShare $letter -LocalOnly -KeepSharing -Name board -Save
        $before = Get-Index $share
        Push-Location $place.Files
        try { Set-OnionService board -AddPath './plan 1*' -PassThru | ForEach-Object Files | Should -Be 2 } finally { Pop-Location }
        ($share | Get-OnionService).Paths | Should -Be $letter, $plan
        $after = Get-Index $share
        $after.files.path | Should -Be 'letter.txt', 'plan 1.txt'
        $after.download.etag | Should -Not -Be $before.download.etag
        Get-Page $share '/files/plan%201.txt' | Should -Be 'another plan'
        Save-Share $share (Join-Path $place.Root 'board.zip')
        [IO.Compression.ZipFile]::ExtractToDirectory((Join-Path $place.Root 'board.zip'), (Join-Path $place.Root 'board'))
        Get-Content (Join-Path $place.Root 'board/plan 1.txt') | Should -Be 'another plan'

        Set-OnionService board -RemovePath $letter
        (Get-Index $share).files.path | Should -Be 'plan 1.txt'
        (Get-OnionService -Saved board).Paths | Should -Be $plan
    }

    It '-AddPath of a file in a folder that is shared takes nothing of it away, and what of a listing is left out is told' {
        $grown = (New-Item -ItemType Directory (Join-Path $place.Root grown)).FullName
        1..3 | ForEach-Object { Set-Content (Join-Path $grown "$_.txt") $_ }
        $named = Start-OnionShare $grown -LocalOnly -KeepSharing -Name named
        $listed = Get-Item $grown | Start-OnionShare -LocalOnly -KeepSharing -Name listed
        Set-Content (Join-Path $grown new.txt) new
        Set-OnionService named, listed -AddPath (Join-Path $grown new.txt) -PassThru -WarningVariable told | ForEach-Object Files | Should -Be 4, 4
        $told | Should -BeNullOrEmpty
        (Get-Index $named).files.path | Should -Contain '3.txt'
        Set-OnionService listed -AddPath (Join-Path $grown '?.txt') -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*only what was listed is shared*'
    }

    It 'changes nothing where what is named is not there, would leave nothing, or the service does not go on after a download' {
        $share = Start-OnionShare $letter -LocalOnly -KeepSharing -Name board
        { Set-OnionService board -AddPath (Join-Path $place.Files nothing) -ErrorAction SilentlyContinue } | Should -Throw '*nothing was changed*'
        Set-OnionService board -RemovePath $plan -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        Set-OnionService board -RemovePath * -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.Count | Should -BeGreaterThan 0
        Set-OnionService board -RemovePath $letter -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Stop-OnionService*'
        ($share | Get-OnionService).Paths | Should -Be $letter
        $once = Start-OnionShare $letter -LocalOnly
        $once | Set-OnionService -AddPath $plan -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*-KeepSharing*'
        Start-OnionChat -LocalOnly | Set-OnionService -AddPath $plan -ErrorVariable problem -ErrorAction SilentlyContinue
        "$($problem[0])" | Should -BeLike '*no share*'
    }
}

Describe 'Set-OnionService of an inbox' {
    AfterEach {
        Get-OnionService | Stop-OnionService -Force
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
    }

    It 'changes what it takes while it runs, and next time' {
        $inbox = Start-OnionReceive (Join-Path $place.Root 'limited') -LocalOnly -Name limited -Save -MinFreeSpace 0 -MaxFileSize 4
        Send-Upload $inbox $letter | Should -Be 413
        Set-OnionService limited -MaxFileSize 1MB
        Send-Upload $inbox $letter | Should -Be 200
        Get-Page $inbox '/' | Should -BeLike '*1.0 MiB a file*'
        $inbox | Stop-OnionService
        Get-Page (Restore-OnionService limited) '/' | Should -BeLike '*1.0 MiB a file*'
        Set-OnionService limited -MaxFileSize 0
        Get-Page (Get-OnionService limited) '/' | Should -Not -BeLike '*data-max-file=*'
    }

    It 'refuses limits of what takes nothing in, and limits that nothing fits' {
        $null = Start-OnionChat -LocalOnly -Name room
        Set-OnionService room -MaxFileSize 1MB -ErrorVariable problem -ErrorAction SilentlyContinue
        "$($problem[0])" | Should -BeLike "*'room' is no inbox*"
        $null = Start-OnionReceive (Join-Path $place.Root 'small') -LocalOnly -Name small
        Set-OnionService small -MaxTotalSize 1KB -ErrorVariable problem -ErrorAction SilentlyContinue
        "$($problem[0])" | Should -BeLike '*no file would be taken*'
    }
}

Describe 'Set-OnionService of a saved service that does not run' {
    AfterEach {
        Get-OnionService | Stop-OnionService -Force
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
    }

    It 'changes how it is started the next time, at the same address' {
        $inbox = Start-OnionReceive (Join-Path $place.Root 'resting') -LocalOnly -Name resting -Save
        $inbox | Stop-OnionService
        $changed = Set-OnionService resting -MaxFileSize 2GB -Title 'Leave it here' -Language fa -Password 'an other password' -StopAfter 2h -NewName rested -PassThru
        $changed | Should -BeOfType OnionShare.OnionSavedService
        $changed.Name | Should -Be 'rested'
        (Get-OnionService -Saved).Name | Should -Be 'rested'
        $restored = Restore-OnionService rested
        $restored.Password | Should -Be 'an other password'
        $restored.Title | Should -Be 'Leave it here'
        $restored.StopsAt | Should -BeGreaterThan ([datetime]::Now.AddMinutes(110))
        Get-Page $restored '/' | Should -BeLike '*lang="fa"*data-max-file="2147483648"*'
    }

    It 'changes what a share gives, comes by the pipeline, and leaves what runs under another name alone' {
        $null = Start-OnionShare $letter -LocalOnly -Name given -KeepSharing -Save
        Stop-OnionService given
        $null = Start-OnionShare $letter -LocalOnly -Name giver -KeepSharing
        Get-OnionService -Saved given | Set-OnionService -AddPath $plan -RemovePath $letter
        (Get-OnionService -Saved given).Paths | Should -Be $plan
        (Get-OnionService giver).Paths | Should -Be $letter
        (Get-Index (Restore-OnionService given)).files.path | Should -Be 'plan 1.txt'
    }

    It 'says what to do where it can not: <What>' -ForEach @(
        @{ What = 'an owner'; Change = @{ Detach = $true }; Says = '*Restore-OnionService -Detach*' }
        @{ What = 'a name that is taken'; Change = @{ NewName = 'there' }; Says = '*another name*' }
        @{ What = 'limits of a share'; Change = @{ MaxFileSize = 1MB }; Says = '*inbox*' }
        @{ What = 'the password of a public one'; Change = @{ Password = 'something long' }; Says = '*without making it public*' }
    ) {
        $null = Start-OnionShare $letter -LocalOnly -Name away -Save -Public
        Stop-OnionService away
        $null = Start-OnionChat -LocalOnly -Name there
        $before = Get-OnionService -Saved away | ConvertTo-Json
        Set-OnionService away @Change -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike $Says
        Get-OnionService -Saved away | ConvertTo-Json | Should -Be $before
    }

    It 'is not meant by a wildcard, and told from one that is not there' {
        $null = Start-OnionShare $letter -LocalOnly -Name kept -Save
        Stop-OnionService kept
        Set-OnionService k* -Title Other
        Get-OnionService -Saved | ForEach-Object Title | Should -BeNullOrEmpty
        Set-OnionService nothing -Title Other -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ServiceNotFound,*'
    }
}

Describe 'Get-OnionService -Mine' {
    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It 'tells what this session started, detached or not, and of no other' {
        $null = Start-OnionChat -LocalOnly -Name mine
        $null = Start-OnionChat -LocalOnly -Name mine-detached -Detach
        Invoke-Session '$null = Start-OnionChat -LocalOnly -Name other -Detach'
        (Get-OnionService).Name | Sort-Object | Should -Be 'mine', 'mine-detached', 'other'
        (Get-OnionService -Mine).Name | Sort-Object | Should -Be 'mine', 'mine-detached'
    }
}

Describe 'Leaving a session' {
    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It 'warns of a transfer that is cut by it' {
        $large = Join-Path $place.Root 'large.bin'
        $null = New-LargeFile $large
        $session = Start-Session -Stay "`$null = Start-OnionShare '$large' -LocalOnly -Name big"
        try {
            Wait-Until { (Get-OnionService -State Running).Name -eq 'big' } 'the service of the other session runs'
            $visitor = Open-SlowDownload (Get-OnionService big)
            $session.StandardInput.Close()
            $said = $session.StandardOutput.ReadToEndAsync()
            $said.Wait([timespan]::FromMinutes(2)) | Should -BeTrue
            $said.Result | Should -Match "a transfer of 'big'.*Set-OnionService -Detach"
        } finally {
            $visitor.Dispose()
            $session.Kill()
        }
    }
}
