BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'

    function Get-Refusal([scriptblock] $Action) {
        try { & $Action | Out-Null } catch { return $_ }
        throw 'It was not refused.'
    }

    function Clear-Services {
        Stop-OnionService * -Force
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
    }
}

AfterAll { Remove-TestHome $place }

Describe 'Where nothing was ever saved' {
    It 'Get-OnionService -Saved gives nothing and starts no engine' {
        Get-OnionService -Saved | Should -BeNullOrEmpty
        Get-OnionService x* -Saved -ErrorAction Stop | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
        Test-Path $place.State | Should -BeFalse
    }

    It '<_> says that there is none of that name' -ForEach 'Restore-OnionService', 'Remove-OnionService' {
        $refusal = Get-Refusal { & $_ nobody -ErrorAction Stop }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'SavedNotFound,*'
        $refusal.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Get-OnionService -Saved*'
        Get-OnionEngine | Should -BeNullOrEmpty
    }
}

Describe 'Save-OnionService' {
    AfterEach { Clear-Services }

    It 'keeps a service that runs, and tells of it without its secrets' {
        $service = Start-OnionShare $letter -LocalOnly -Name papers -Title 'Old papers'
        $service.Saved | Should -BeFalse
        $saved = Save-OnionService papers
        $saved | Should -BeOfType OnionShare.OnionSavedService
        $saved.Mode | Should -Be 'Share'
        $saved.Title | Should -BeExactly 'Old papers'
        $saved.Running | Should -BeTrue
        $saved.Paths | Should -Be $letter
        (Get-OnionService papers).Saved | Should -BeTrue
        foreach ($shown in ($saved | Format-Table | Out-String -Width 200), ($saved | Format-List * | Out-String), ($saved | ConvertTo-Json -Depth 5)) {
            $shown | Should -Match 'papers'
            $shown | Should -Not -Match ([regex]::Escape($service.Password))
        }
    }

    It 'saves all that come through the pipe, and nothing with -WhatIf' {
        'a', 'b' | ForEach-Object { $null = Start-OnionShare $letter -LocalOnly -Name $_ }
        Get-OnionService | Save-OnionService -WhatIf | Should -BeNullOrEmpty
        Get-OnionService -Saved | Should -BeNullOrEmpty
        (Get-OnionService | Save-OnionService).Name | Sort-Object | Should -Be 'a', 'b'
        (Get-OnionService b* -Saved).Name | Should -Be 'b'
        (Get-OnionService a | Get-OnionService -Saved).Name | Should -Be 'a'
        Get-OnionService -Saved -Mode Chat | Should -BeNullOrEmpty
    }

    It 'is done at the start with -Save, and a name that is taken is refused with nothing published' {
        (Start-OnionShare $letter -LocalOnly -Name kept -Save).Saved | Should -BeTrue
        Stop-OnionService kept
        $refusal = Get-Refusal { Start-OnionShare $letter -LocalOnly -Name kept -Save }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'SavedNameInUse,*'
        $refusal.CategoryInfo.Category | Should -Be 'ResourceExists'
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'completes the names of saved services, quoted where needed' {
        $null = Start-OnionShare $letter -LocalOnly -Name "it's [kept]" -Save
        $line = 'Restore-OnionService it'
        $match = (TabExpansion2 $line $line.Length).CompletionMatches
        $match.ListItemText | Should -Be "it's [kept]"
        $match.ToolTip | Should -BeExactly 'Share, running, on 127.0.0.1'
        (Invoke-Expression "Get-OnionService -Saved $($match.CompletionText)").Name | Should -BeExactly "it's [kept]"
    }
}

Describe 'Restore-OnionService' {
    AfterEach { Clear-Services }

    It 'starts a service again with the same password, after the engine has ended, too' {
        $first = Start-OnionShare $letter -LocalOnly -Name papers -Save -KeepSharing
        $passwords = 1..3 | ForEach-Object {
            Stop-OnionEngine -Force
            Wait-Until { -not (Get-OnionEngine) } 'the engine has ended'
            $again = Restore-OnionService papers
            $again.State | Should -Be 'Running'
            $again.Saved | Should -BeTrue
            $again.Lifetime | Should -Be 'Session'
            (Get-Page $again).StatusCode | Should -Be 200
            $again.Password
        }
        $passwords | Sort-Object -Unique | Should -BeExactly $first.Password
    }

    It 'takes saved services, and services that have ended, from the pipe' {
        $first = Start-OnionShare $letter -LocalOnly -Name 'one [1]' -Save
        $null = Start-OnionShare $letter -LocalOnly -Name 'one 1' -Save
        Get-OnionService | Stop-OnionService
        ($first | Restore-OnionService).Name | Should -BeExactly 'one [1]'
        (Get-OnionService -Saved | Where-Object { -not $_.Running } | Restore-OnionService -Detach).Lifetime | Should -Be 'Detached'
        (Get-OnionService -Saved).Running | Should -Be $true, $true
        (Get-OnionService -Saved | Stop-OnionService -PassThru).Count | Should -Be 2
    }

    It 'starts nothing with -WhatIf' {
        $null = Start-OnionShare $letter -LocalOnly -Name papers -Save | Stop-OnionService
        Restore-OnionService papers -WhatIf | Should -BeNullOrEmpty
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'gives a service that runs already as it is, with a warning; new times for it are refused' {
        $service = Start-OnionShare $letter -LocalOnly -Name papers -Save
        $again = Restore-OnionService papers -WarningVariable warning -WarningAction SilentlyContinue
        $again.Id | Should -Be $service.Id
        "$warning" | Should -BeExactly "'papers' runs already; no second one was started."
        $refusal = Get-Refusal { Restore-OnionService papers -StopAfter 1h -ErrorAction Stop }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'NameInUse,*'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike 'Set-OnionService*'
        (Get-OnionService papers).StopsAt | Should -BeNullOrEmpty
    }

    It 'refuses a name that another service has taken meanwhile, and restores the others' {
        'a', 'b' | ForEach-Object { $null = Start-OnionShare $letter -LocalOnly -Name $_ -Save }
        Stop-OnionService *
        $other = Start-OnionShare $letter -LocalOnly -Name a
        $restored = Restore-OnionService * -ErrorAction SilentlyContinue -ErrorVariable problem
        $restored.Name | Should -Be 'b'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NameInUse,*'
        ($other | Get-OnionService).State | Should -Be 'Running'
    }

    It 'says of one whose file is damaged what is wrong, and restores the others; the damaged one can be removed' {
        'a', 'b' | ForEach-Object { $null = Start-OnionShare $letter -LocalOnly -Name $_ -Save; Stop-OnionService $_ }
        Get-ChildItem (Join-Path $place.State 'services') | Select-Object -First 1 | Set-Content -Value 'damaged'
        $restored = Restore-OnionService * -ErrorAction SilentlyContinue -ErrorVariable problem
        $restored.Name | Should -BeIn 'a', 'b'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SavedUnusable,*'
        $problem[0].ToString() | Should -BeLike "*can't be read*it is damaged."
        $broken = Get-OnionService -Saved | Where-Object Error
        $broken | Out-String -Width 200 | Should -Match 'it is damaged'
        $broken | Remove-OnionService -Confirm:$false
        (Get-OnionService -Saved).Name | Should -Be $restored.Name
    }

    It 'takes new times, or none; a saved stop time that has passed has to be replaced' {
        $null = Start-OnionShare $letter -LocalOnly -Name brief -Save -StopAfter 1h | Stop-OnionService
        $same = Restore-OnionService brief
        ($same.StopsAt - $same.StartedAt).TotalMinutes | Should -BeGreaterThan 59
        $same | Stop-OnionService
        $more = Restore-OnionService brief -StopAfter 2h
        ($more.StopsAt - $more.StartedAt).TotalMinutes | Should -BeGreaterThan 119
        $more | Stop-OnionService
        (Restore-OnionService brief -NoStopTime).StopsAt | Should -BeNullOrEmpty
        { Restore-OnionService brief -NoStopTime -StopAfter 1h } | Should -Throw "-NoStopTime and -StopAfter can't be used together.*"
        { Restore-OnionService brief -StopAt '2020-01-01' } | Should -Throw '*in the past*'
    }

    It 'as a job lasts as long as the service' {
        $null = Start-OnionShare $letter -LocalOnly -Name papers -Save | Stop-OnionService
        $job = Restore-OnionService papers -AsJob
        Wait-Until { $job.HasMoreData } 'the service is reachable'
        (Receive-Job $job).Name | Should -Be 'papers'
        Stop-Job $job
        Get-OnionService | Should -BeNullOrEmpty
        Remove-Job $job
    }

    It 'has nothing to do for a detached service whose engine was killed: it comes back by itself' {
        $service = Start-OnionShare $letter -LocalOnly -Name papers -Save -Detach
        (Get-OnionService papers -Saved).ComesBack | Should -BeTrue
        $engine = Get-Process -Id (Get-OnionEngine).ProcessId
        $engine.Kill()
        $engine.WaitForExit()
        $again = Restore-OnionService papers -WarningAction SilentlyContinue -WarningVariable warning
        "$warning" | Should -BeExactly "'papers' runs already, detached; no second one was started."
        $again.Password | Should -BeExactly $service.Password
        Wait-OnionService papers -State Running -Timeout 60 -ErrorAction Stop
        (Get-OnionService papers).Lifetime | Should -Be 'Detached'
    }
}

Describe 'A detached service' {
    AfterEach { Clear-Services }

    It 'that was stopped with the engine stays down' {
        $null = Start-OnionShare $letter -LocalOnly -Name papers -Save -Detach
        Stop-OnionEngine -Force
        (Get-OnionService -Saved).ComesBack | Should -BeFalse
        $null = Get-OnionTor
        $null = Start-OnionShare $letter -LocalOnly -WarningAction SilentlyContinue -WarningVariable warning
        $warning | Should -BeNullOrEmpty
        (Get-OnionService).Name | Should -Not -Contain 'papers'
    }

    It 'whose engine was killed comes back with the first start, which says so, and not with a question' {
        $null = Start-OnionShare $letter -LocalOnly -Name papers -Save -Detach
        $engine = Get-Process -Id (Get-OnionEngine).ProcessId
        $engine.Kill()
        $engine.WaitForExit()
        (Get-OnionService -Saved).Running | Should -BeFalse
        $null = Get-OnionTor
        Get-OnionService | Should -BeNullOrEmpty
        $null = Start-OnionShare $letter -LocalOnly -Name other -WarningAction SilentlyContinue -WarningVariable warning
        "$warning" | Should -BeExactly ("'papers' comes back by itself, since it ran detached when the last engine ended. " +
            "Stop-OnionService 'papers' takes it down.")
        Wait-OnionService papers -State Running -Timeout 20 -ErrorAction Stop
    }
}

Describe 'Remove-OnionService' {
    AfterEach { Clear-Services }

    It 'asks unless told not to, since the address is lost' {
        $attribute = (Get-Command Remove-OnionService).ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)
        $attribute.ConfirmImpact | Should -Be 'High'
        $null = Start-OnionShare $letter -LocalOnly -Name papers -Save
        # A session that can't ask does not remove.
        Invoke-Session "try { Remove-OnionService papers -ErrorAction Stop } catch { 'asked' }" | Should -BeExactly 'asked'
        Remove-OnionService papers -WhatIf
        (Get-OnionService -Saved).Name | Should -Be 'papers'
    }

    It 'forgets; a service that runs goes on, but is saved no more' {
        $null = Start-OnionShare $letter -LocalOnly -Name papers -Save
        Remove-OnionService papers -Confirm:$false | Should -BeNullOrEmpty
        Get-OnionService -Saved | Should -BeNullOrEmpty
        (Get-OnionService papers).State | Should -Be 'Running'
        (Get-OnionService papers).Saved | Should -BeFalse
    }
}

Describe 'Set-OnionService' {
    AfterEach { Clear-Services }

    It 'changes the password of a service that runs, and of what is saved' {
        $service = Start-OnionShare $letter -LocalOnly -Name papers -Save -KeepSharing
        # The object itself tells the new password, once it asks again.
        $before = $service | Select-Object Address, Password
        $changed = Set-OnionService papers -Password 'another-password' -PassThru
        $changed.Id | Should -Be $service.Id
        $changed.Url | Should -BeExactly "http://onionshare:another-password@$($service.Address)"
        (Get-Page $before).StatusCode | Should -Be 401
        (Get-Page $changed).StatusCode | Should -Be 200
        Stop-OnionService papers
        (Restore-OnionService papers).Password | Should -BeExactly 'another-password'
    }

    It 'changes title, guess limit and stop time' {
        $service = Start-OnionShare $letter -LocalOnly -Name papers -StopAfter 1h -KeepSharing
        Set-OnionService papers -Title 'New title' -GuessLimit 1 -NoStopTime | Should -BeNullOrEmpty
        $changed = Get-OnionService papers
        $changed.Title | Should -BeExactly 'New title'
        $changed.StopsAt | Should -BeNullOrEmpty
        (Get-Page $changed).Content | Should -Match 'New title'
        ($changed | Set-OnionService -StopAfter 30m -PassThru).StopsAt | Should -BeGreaterThan (Get-Date).AddMinutes(29)
        # The stop may overtake the answer.
        try { $null = Get-Page ([pscustomobject]@{ Address = $changed.Address; Password = 'wrong' }) } catch [Net.Http.HttpRequestException] { $_.Exception.Message | Should -Not -BeNullOrEmpty }
        (Wait-OnionService $service.Id -Timeout 60).StopReason | Should -Be 'PasswordGuessing'
    }

    It 'changes nothing with -WhatIf' {
        $service = Start-OnionShare $letter -LocalOnly -Name papers
        Set-OnionService papers -Password 'another-password' -WhatIf
        (Get-OnionService papers).Url | Should -BeExactly $service.Url
    }

    It 'refuses <Id>, and leaves the service as it is' -ForEach @(
        @{ Id = 'NothingToChange'; With = @{} }
        @{ Id = 'EmptyPassword'; With = @{ Password = '' } }
        @{ Id = 'ParametersClash'; With = @{ NoStopTime = $true; StopAt = (Get-Date).AddDays(2) } }
        @{ Id = 'ParametersClash'; With = @{ StopAfter = '1h'; StopAt = (Get-Date).AddDays(2) } }
        @{ Id = 'TimePassed'; With = @{ StopAt = '2020-01-01' } }
        @{ Id = 'ServiceNotFound'; Name = 'nobody'; With = @{ Title = 'x' } }
        @{ Id = 'InvalidRequest'; With = @{ Title = 'x' * 201 } }
        @{ Id = 'InvalidRequest'; Name = 'open'; With = @{ Password = 'secret-enough' } }
    ) {
        $services = @((Start-OnionShare $letter -LocalOnly -Name papers), (Start-OnionShare $letter -LocalOnly -Name open -Public))
        $refusal = Get-Refusal { Set-OnionService ($Name ?? 'papers') @With -ErrorAction Stop }
        $refusal.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $refusal.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        ($services | Get-OnionService | Select-Object Url, Title, StopsAt | ConvertTo-Json) |
            Should -BeExactly ($services | Select-Object Url, Title, StopsAt | ConvertTo-Json)
    }
}

Describe 'Start-OnionShare -MaxDownloads' {
    AfterEach { Clear-Services }

    It 'stops after that many downloads' {
        $service = Start-OnionShare $letter -LocalOnly -MaxDownloads 2
        Save-Share $service (Join-Path $place.Root 'first.txt')
        ($service | Get-OnionService).State | Should -Be 'Running'
        Save-Share $service (Join-Path $place.Root 'second.txt')
        (Wait-OnionService $service.Id -Timeout 60).StopReason | Should -Be 'Downloaded'
    }

    It 'refuses none at all' {
        { Start-OnionShare $letter -LocalOnly -MaxDownloads 0 } | Should -Throw '*MaxDownloads*'
        Get-OnionService | Should -BeNullOrEmpty
    }
}

Describe 'The example saved-inbox.ps1' {
    AfterAll { Clear-Services }

    It 'opens an inbox that keeps its address, and the same one again the next time' {
        $example = (Resolve-Path (Join-Path $PSScriptRoot '../../examples/saved-inbox.ps1')).Path
        $inbox, $backup = (Join-Path $place.Root 'kept'), (Join-Path $place.Root 'kept.onionservice')
        $run = "'constrict purity lantern' | & '$example' '$inbox' -Name kept -LocalOnly -Backup '$backup'"
        $first = Invoke-Session $run
        $first | Should -BeLike 'http://onionshare:*'
        (Get-OnionService kept).Lifetime | Should -Be 'Detached'
        Test-Path $backup | Should -BeTrue
        Stop-OnionService kept
        ([uri](Invoke-Session $run)).UserInfo | Should -BeExactly ([uri]$first).UserInfo
    }
}

Describe 'Four processes and an inbox' {
    AfterAll { Clear-Services }

    It 'one starts it by its saved name, one uploads, one looks at the transfer, one stops it; nothing is left running' {
        $inbox = Join-Path $place.Root 'inbox'
        $null = Start-OnionReceive $inbox -LocalOnly -Name inbox -Save | Stop-OnionService -PassThru
        Stop-OnionEngine
        Wait-Until { -not (Get-OnionEngine) } 'the engine has ended'

        $url = [uri](Invoke-Session '(Restore-OnionService inbox -Detach).Url')
        $engine = Get-OnionEngine
        $upload = "curl -sS -u $($url.UserInfo) -F 'file[]=@$letter' -o /dev/null -w '%{http_code}' http://$($url.Authority)/upload"
        Invoke-Session $upload | Should -Be 200
        Invoke-Session '(Get-OnionTransfer inbox -State Completed).Bytes' | Should -BeExactly '8'
        Invoke-Session 'Stop-OnionService inbox; Stop-OnionEngine'
        Wait-Until { -not (Get-Process -Id $engine.ProcessId -ErrorAction Ignore) } 'the engine has ended'
        Get-Content -Raw (Get-ChildItem $inbox -Recurse -File) | Should -BeExactly 'a letter'
    }
}
