BeforeDiscovery {
    $name = 'Microsoft.PowerShell.SecretManagement'
    $real = Get-Module -ListAvailable $name | Sort-Object Version | Select-Object -Last 1
    if (-not $real) { Write-Host "skipped: no $name, Install-Module $name; its cmdlets are stood in for" }
    # The real module, where it is, and always the stand-in: what holds for both does not hang on one's peculiarities.
    $kinds = @(
        if ($real) { @{ Kind = "$name $($real.Version)"; Source = $real.Path } }
        @{ Kind = 'a stand-in for SecretManagement'; Source = Join-Path $PSScriptRoot "vaults/stand-in/$name/$name.psd1" }
    )
}

Describe 'With <Kind>' -ForEach $kinds {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
        Import-Module (Get-TestModule)
        $place = New-TestHome
        $letter = Join-Path $place.Files 'letter.txt'
        # SecretManagement keeps its registry below the home folder, on Windows below the profile, which can't be moved.
        $userHome = $env:HOME
        $env:HOME = (New-Item -ItemType Directory (Join-Path $place.Root 'user')).FullName
        Import-Module $Source -Force
        $safe = "Safe$PID"
        $folder = (New-Item -ItemType Directory (Join-Path $place.Root 'safe')).FullName
        $otherFolder = (New-Item -ItemType Directory (Join-Path $place.Root 'other')).FullName
        Register-SecretVault -Name $safe -ModuleName (Join-Path $PSScriptRoot 'vaults/FolderVault') -VaultParameters @{ Folder = $folder }
        Register-SecretVault -Name "Other $PID" -ModuleName (Join-Path $PSScriptRoot 'vaults/FolderVault') -VaultParameters @{ Folder = $otherFolder }

        function Get-Refusal([scriptblock] $Action) {
            try { & $Action | Out-Null } catch { return $_ }
            throw 'It was not refused.'
        }

        function Set-Fault([string] $Fault) { Set-Content (Join-Path $folder 'fault') $Fault }

        # The names of the secrets in the vault.
        function Get-Names { (Get-ChildItem $folder -Filter '*.secret').BaseName }

        # What the engine has on the disk, apart from its socket.
        function Get-Traces {
            Get-ChildItem -Recurse -File $place.State | Where-Object Name -notin 'engine.sock', 'engine.lock' | ForEach-Object Name
        }
    }

    AfterEach {
        Remove-Item (Join-Path $folder 'fault') -ErrorAction Ignore
        Stop-OnionService * -Force
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
        Remove-Item (Join-Path $folder '*'), (Join-Path $otherFolder '*')
    }

    AfterAll {
        Unregister-SecretVault -Name $safe
        Unregister-SecretVault -Name "Other $PID"
        Remove-Module Microsoft.PowerShell.SecretManagement
        Remove-TestHome $place
        $env:HOME = $userHome
    }

    Context 'a service' {
        It 'is kept at the start, whole, in one secret, with nothing of it on the disk, and is the same when restored' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Title Old -Save -Vault $safe.ToUpper() -KeepSharing
            $service.Vault | Should -BeExactly $safe
            $service.Saved | Should -BeTrue
            Get-Names | Should -Match '^OnionShare-papers-[0-9a-f]{16}$'
            Get-Names | Should -HaveCount 1
            Get-Traces | Should -BeNullOrEmpty
            Get-OnionService -Saved | Should -BeNullOrEmpty
            Get-Content -Raw (Join-Path $folder '*.secret') | Should -MatchExactly '^SecureString:onionshare-record\.1\.'
            Stop-OnionEngine -Force
            Wait-Until { -not (Get-OnionEngine) } 'the engine has ended'

            $again = Restore-OnionService PAPERS -Vault $safe
            $again.Password | Should -BeExactly $service.Password
            $again.Title, $again.Vault, $again.Lifetime | Should -Be 'Old', $safe, 'Session'
            (Get-Page $again).StatusCode | Should -Be 200
            Get-Traces | Should -BeNullOrEmpty
        }

        It 'is listed with what it is and where, without its secrets' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            $null = Start-OnionShare $letter -LocalOnly -Name elsewhere -Save
            $saved = Get-OnionService -Saved -Vault $safe
            $saved | Should -BeOfType OnionShare.OnionSavedService
            $saved.Name, $saved.Mode, $saved.Vault, $saved.ServiceId, $saved.ComesBack | Should -Be 'papers', 'Share', $safe, $service.Id, $false
            $saved.Paths | Should -Be $letter
            ($saved | Format-List | Out-String) | Should -Match "Vault +: $safe"
            ($saved | ConvertTo-Json -Depth 5) + ($saved | Format-List * | Out-String) | Should -Not -Match ([regex]::Escape($service.Password))
            (Get-OnionService -Saved).Name | Should -Be 'elsewhere'
            (Get-OnionService p*, nobody* -Saved -Vault $safe).Name | Should -Be 'papers'
            ($service | Get-OnionService -Saved -Vault $safe).Name | Should -Be 'papers'
            Get-OnionService -Saved -Vault $safe -Mode Chat | Should -BeNullOrEmpty
            Get-OnionService -Saved -Vault "Other $PID" | Should -BeNullOrEmpty
        }

        It 'moves from the disk, and stays in the vault when it is saved again' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Save
            Save-OnionService papers -Vault $safe -WhatIf | Should -BeNullOrEmpty
            (Get-OnionService -Saved).Name | Should -Be 'papers'
            (Save-OnionService papers -Vault $safe).Vault | Should -BeExactly $safe
            Get-OnionService -Saved | Should -BeNullOrEmpty
            Get-Traces | Should -BeNullOrEmpty
            ($service | Save-OnionService).Vault | Should -BeExactly $safe
            Get-Traces | Should -BeNullOrEmpty
            Get-Names | Should -HaveCount 1
        }

        It 'goes to another vault with a warning of what stays' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            $saved = $service | Save-OnionService -Vault "other $PID" -WarningVariable warning -WarningAction SilentlyContinue
            $saved.Vault | Should -BeExactly "Other $PID"
            "$warning" | Should -BeLike "What the vault '$safe' has of 'papers' stays there*"
            (Get-OnionService papers).Vault | Should -BeExactly "Other $PID"
            Get-Names | Should -HaveCount 1
        }

        It 'called by anything keeps its name, and no two are one' {
            $names = "it's [kept] *", 'it-s-kept', '☂', "`u{6f22}", 'a b', 'a-b', ('x' * 100)
            foreach ($name in $names) { $null = Start-OnionShare $letter -LocalOnly -Name $name -Vault $safe }
            Get-Names | Should -HaveCount $names.Count
            (Get-Names).Where({ $_ -notmatch '^[A-Za-z0-9-]{1,127}$' }) | Should -BeNullOrEmpty
            (Get-OnionService -Saved -Vault $safe).Name | Sort-Object | Should -Be ($names | Sort-Object)
            Stop-OnionService *
            (Get-OnionService -Saved -Vault $safe | Restore-OnionService).Name | Sort-Object | Should -Be ($names | Sort-Object)
            Restore-OnionService "it's [kept] *" -Vault $safe -WarningAction SilentlyContinue | ForEach-Object Name | Should -BeExactly "it's [kept] *"
        }

        It 'without a name gets one that is free in the vault, too' {
            (Start-OnionShare $letter -LocalOnly -Vault $safe).Name | Should -Be 'share-1'
            Stop-OnionService share-1
            (Start-OnionShare $letter -LocalOnly -Vault $safe).Name | Should -Be 'share-2'
        }

        It 'that is detached is kept with a warning that it does not come back, and does not' {
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe -Detach -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike "'papers' will not come back by itself*"
            $engine = Get-Process -Id (Get-OnionEngine).ProcessId
            $engine.Kill()
            $engine.WaitForExit()
            (Get-OnionService -Saved -Vault $safe).Running | Should -BeFalse
            Get-OnionService | Should -BeNullOrEmpty
            (Restore-OnionService papers -Vault $safe -Detach -WarningAction SilentlyContinue).Lifetime | Should -Be 'Detached'
        }

        It 'starts as a job, and is in the vault when the job is given' {
            $job = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe -AsJob
            Get-Names | Should -HaveCount 1
            Wait-Until { $job.HasMoreData } 'the service is reachable'
            (Receive-Job $job).Vault | Should -BeExactly $safe
            Stop-Job $job
            Remove-Job $job
            $job = Restore-OnionService papers -Vault $safe -AsJob
            Wait-Until { $job.HasMoreData } 'the service is reachable'
            (Receive-Job $job).Vault | Should -BeExactly $safe
            Stop-Job $job
            Remove-Job $job
        }

        It 'that runs already is given as it is, with a warning' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            $again = Get-OnionService -Saved -Vault $safe | Restore-OnionService -WarningVariable warning -WarningAction SilentlyContinue
            $again.Id | Should -Be $service.Id
            "$warning" | Should -BeExactly "'papers' runs already; no second one was started."
            Restore-OnionService papers -Vault $safe -WhatIf | Should -BeNullOrEmpty
        }

        It 'comes through the pipe together with those on the disk, each from where it is' {
            $null = Start-OnionShare $letter -LocalOnly -Name one -Vault $safe
            $null = Start-OnionShare $letter -LocalOnly -Name two -Save
            $null = Start-OnionShare $letter -LocalOnly -Name three -Vault $safe
            Stop-OnionService *
            $all = @(Get-OnionService -Saved -Vault $safe) + @(Get-OnionService -Saved) | Sort-Object Name
            ($all | Restore-OnionService | ForEach-Object { "$($_.Name) $($_.Vault)" }) | Should -Be "one $safe", "three $safe", 'two '
        }
    }

    Context 'changes' {
        It 'of a service that runs are kept, its stop time only if that was changed' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe -StopAfter 5h
            Stop-OnionService papers
            $null = Restore-OnionService papers -Vault $safe -NoStopTime
            Set-OnionService papers -Password 'another-password' -Title New
            Stop-OnionService papers
            $again = Restore-OnionService papers -Vault $safe
            $again.Password, $again.Title | Should -BeExactly 'another-password', 'New'
            $again.StopsAt | Should -BeGreaterThan (Get-Date).AddHours(4)
            Set-OnionService papers -NoStopTime
            Stop-OnionService papers
            (Restore-OnionService papers -Vault $safe).StopsAt | Should -BeNullOrEmpty
            Get-Traces | Should -BeNullOrEmpty
        }

        It 'the vault does not take are said, hold while the service runs, and can be saved later' {
            $service = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe -KeepSharing
            Set-Fault locked
            $changed = Set-OnionService papers -Password 'another-password' -PassThru -ErrorAction SilentlyContinue -ErrorVariable problem
            $changed.Password | Should -BeExactly 'another-password'
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'VaultBehind,*'
            "$($problem[0])" | Should -BeLike "The password of 'papers' was changed, but the vault '$safe' still has what was before:*shut*"
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike 'Save it again (Save-OnionService)*'
            (Get-Page $changed).StatusCode | Should -Be 200
            Remove-Item (Join-Path $folder 'fault')
            $null = Save-OnionService papers
            Stop-OnionService papers
            (Restore-OnionService papers -Vault $safe).Password | Should -BeExactly 'another-password'
        }

        It 'of client keys are kept, of a service that runs and of one that does not' {
            $room = Start-OnionChat -Name room -RequireClientKey -Vault $safe -StartAt (Get-Date).AddDays(1)
            $access = Grant-OnionAccess room laptop
            $null = $room | Grant-OnionAccess -Client phone
            (Get-OnionService -Saved -Vault $safe).Clients | Should -Be 'laptop', 'phone'
            Revoke-OnionAccess room laptop
            Stop-OnionService room
            (Get-OnionService -Saved -Vault $safe).Clients | Should -Be 'phone'

            $refusal = Get-Refusal { Grant-OnionAccess room desk -ErrorAction Stop }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'ServiceNotFound,*'
            $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*-Vault*'
            $desk = Grant-OnionAccess room desk, tablet -Vault $safe
            $desk.Client | Should -Be 'desk', 'tablet'
            $desk[0].Address | Should -BeExactly $room.Address
            Grant-OnionAccess room watch -Vault $safe -WhatIf | Should -BeNullOrEmpty
            Revoke-OnionAccess room phone, tablet -Vault $safe
            (Get-OnionService -Saved -Vault $safe).Clients | Should -Be 'desk'
            Get-Content -Raw (Join-Path $folder '*.secret') | Should -Not -Match $access.PrivateKey
            (Restore-OnionService room -Vault $safe).Clients | Should -Be 'desk'
        }

        It 'of access the vault does not take are done all the same, and said' {
            $null = Start-OnionChat -Name room -RequireClientKey -Vault $safe -StartAt (Get-Date).AddDays(1)
            Set-Fault read-only
            $access = Grant-OnionAccess room laptop -ErrorAction SilentlyContinue -ErrorVariable problem
            $access.PrivateKey | Should -Match '^[A-Z2-7]{52}$'
            "$problem" | Should -BeLike "'laptop' on 'room' was granted access, but the vault '$safe' still has what was before:*Nobody writes here.*"
            Revoke-OnionAccess room laptop -ErrorAction SilentlyContinue -ErrorVariable problem
            "$problem" | Should -BeLike "'laptop' on 'room' was locked out, but the vault*"
            (Get-OnionService room).Clients | Should -BeNullOrEmpty
        }
    }

    Context 'Remove-OnionService' {
        It 'forgets; a service that runs goes on, and is saved no more' {
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            Remove-OnionService papers -Vault $safe -WhatIf
            Get-Names | Should -HaveCount 1
            Get-OnionService -Saved -Vault $safe | Remove-OnionService -Confirm:$false | Should -BeNullOrEmpty
            Get-Names | Should -BeNullOrEmpty
            (Get-OnionService papers).Saved, (Get-OnionService papers).Vault | Should -Be $false, $null
            (Save-OnionService papers).Vault | Should -BeNullOrEmpty
            (Get-Refusal { Remove-OnionService papers -Vault $safe -Confirm:$false -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SavedNotFound,*'
            (Get-OnionService -Saved).Name | Should -Be 'papers'
        }

        It 'says when the vault does not remove' {
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            Set-Fault clinging
            $refusal = Get-Refusal { Remove-OnionService papers -Vault $safe -Confirm:$false -ErrorAction Stop }
            "$refusal" | Should -BeLike "The vault '$safe' did not remove the secret*it is still there."
            (Get-OnionService papers).Vault | Should -BeExactly $safe
        }
    }

    Context 'a secret of somebody else''s' {
        It 'is not listed, and not touched by anything' {
            Set-Secret -Name 'Password of the bank' -Secret 'mine' -Vault $safe
            Set-Secret -Name 'OnionShare-notes' -Secret 'mine' -Vault $safe
            Get-OnionService -Saved -Vault $safe | Should -BeNullOrEmpty
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            Remove-OnionService * -Vault $safe -Confirm:$false
            Get-Names | Sort-Object | Should -Be 'OnionShare-notes', 'Password of the bank'
        }

        It 'in the place of a service is told of, not overwritten and not removed: <_>' -ForEach 'some text', 'a table', 'a cut record' {
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            Stop-OnionService papers
            $file = Get-Item (Join-Path $folder '*.secret')
            $text = switch ($_) { 'some text' { 'String:my diary' } 'a table' { 'Hashtable:x' } default { (Get-Content -Raw $file).Substring(0, 200) } }
            Set-Content -NoNewline -LiteralPath $file.FullName $text

            $listed = Get-OnionService -Saved -Vault $safe
            $listed.Name | Should -BeExactly $file.BaseName
            $listed.Error.Code | Should -Be 'saved-unusable'
            $actions = @(
                { Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe }
                { Restore-OnionService papers -Vault $safe -ErrorAction Stop }
                { Remove-OnionService papers -Vault $safe -Confirm:$false -ErrorAction Stop }
                { Export-OnionService papers $place.Root -NoEncryption -Vault $safe -ErrorAction Stop }
                { Grant-OnionAccess papers x -Vault $safe -ErrorAction Stop }
            )
            foreach ($action in $actions) {
                $refusal = Get-Refusal $action
                $refusal.FullyQualifiedErrorId | Should -BeLike 'SavedUnusable,*'
                "$refusal" | Should -BeLike "The secret '$($file.BaseName)' in the vault '$safe' is no saved service*"
                $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Remove-Secret*'
            }
            Get-Content -Raw $file | Should -BeExactly $text
            Get-OnionService | Should -BeNullOrEmpty
        }

        It 'that is the record of another service is none of this name' {
            $null = Start-OnionShare $letter -LocalOnly -Name one -Vault $safe
            $null = Start-OnionShare $letter -LocalOnly -Name two -Vault $safe
            Stop-OnionService *
            $one, $two = Get-Item (Join-Path $folder 'OnionShare-one-*'), (Join-Path $folder 'OnionShare-two-*')
            Copy-Item $one $two
            (Get-Refusal { Restore-OnionService two -Vault $safe -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SavedUnusable,*'
            Get-OnionService | Should -BeNullOrEmpty
        }
    }

    Context 'a name that is taken in the vault' {
        It 'is refused with nothing started' {
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            Stop-OnionService papers
            $kept = Get-Content -Raw (Join-Path $folder '*.secret')
            $refusal = Get-Refusal { Start-OnionShare $letter -LocalOnly -Name Papers -Vault $safe }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'SavedNameInUse,*'
            $refusal.CategoryInfo.Category | Should -Be 'ResourceExists'
            Get-OnionService | Should -BeNullOrEmpty
            $null = Start-OnionShare $letter -LocalOnly -Name papers
            (Get-Refusal { Save-OnionService papers -Vault $safe -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SavedNameInUse,*'
            (Get-Refusal { Restore-OnionService papers -Vault $safe -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NameInUse,*'
            Get-Content -Raw (Join-Path $folder '*.secret') | Should -BeExactly $kept
            (Get-OnionService papers).Vault | Should -BeNullOrEmpty
        }
    }

    Context 'a file' {
        It 'is written from a vault and read into one, with nothing saved on the disk' {
            $key = New-KeyFolder (Join-Path $place.Root 'key')
            $room = Import-OnionService $key -Name room -Mode Chat -Password 'the-old-password' -RequireClientKey -Vault $safe
            $room.Vault | Should -BeExactly $safe
            $file = Join-Path $place.Root 'room.onionservice'
            (Get-OnionService -Saved -Vault $safe | Export-OnionService -Path $file -Passphrase 'constrict purity lantern').FullName | Should -BeExactly $file
            [IO.File]::ReadAllText($file) | Should -Not -Match 'room|password'
            Remove-OnionService room -Vault $safe -Confirm:$false
            Import-OnionService $file -Passphrase 'constrict purity lantern' -Vault $safe -WhatIf | Should -BeNullOrEmpty
            $again = Import-OnionService $file -Passphrase 'constrict purity lantern' -Vault $safe
            $again.Address | Should -BeExactly $room.Address
            $taken = Get-Refusal { Import-OnionService $file -Passphrase 'constrict purity lantern' -Vault $safe -ErrorAction Stop }
            $taken.FullyQualifiedErrorId | Should -BeLike 'SavedNameInUse,*'
            (Import-OnionService $file -Passphrase 'constrict purity lantern' -Vault $safe -Force).Address | Should -BeExactly $room.Address
            Get-OnionService -Saved | Should -BeNullOrEmpty
            Get-Traces | Should -BeNullOrEmpty
            Remove-Item -Recurse $key, $file
        }
    }

    Context 'what can not be done' {
        It 'a vault that is not registered: <_>' -ForEach @(
            'Start-OnionShare $letter -LocalOnly -Name x -Vault nowhere'
            'Start-OnionChat -LocalOnly -Vault "Safe*"'
            'Get-OnionService -Saved -Vault nowhere'
            'Restore-OnionService x -Vault nowhere'
            'Remove-OnionService x -Vault nowhere -Confirm:$false'
            'Export-OnionService x $place.Root -NoEncryption -Vault nowhere'
            'Grant-OnionAccess x y -Vault nowhere'
            'Revoke-OnionAccess x y -Vault nowhere'
        ) {
            $refusal = Get-Refusal ([scriptblock]::Create($_))
            $refusal.FullyQualifiedErrorId | Should -BeLike 'VaultNotFound,*'
            $refusal.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            "$refusal" | Should -BeLike "No vault is registered as '*', only *'$safe'*"
            $refusal.ErrorDetails.RecommendedAction | Should -BeLike 'Register-SecretVault*'
            Get-OnionService | Should -BeNullOrEmpty
        }

        It 'a vault without a name, which must not mean the disk: <_>' -ForEach @(
            'Start-OnionShare $letter -LocalOnly -Name x -Save -Vault $undefined'
            'Save-OnionService * -Vault $undefined'
            'Restore-OnionService x -Vault ""'
            'Get-OnionService -Saved -Vault " "'
        ) {
            $refusal = Get-Refusal ([scriptblock]::Create($_))
            "$refusal" | Should -BeExactly '-Vault names no vault.'
            Get-OnionService | Should -BeNullOrEmpty
            Get-OnionService -Saved | Should -BeNullOrEmpty
        }

        It '-Save:$false and a vault' {
            (Get-Refusal { Start-OnionChat -LocalOnly -Save:$false -Vault $safe }).FullyQualifiedErrorId | Should -BeLike 'ParametersClash,*'
            Get-OnionService | Should -BeNullOrEmpty
        }

        It 'in a vault that is <Fault>: told why, and nothing is left behind' -ForEach @(
            @{ Fault = 'locked'; Message = "The vault '*' did not tell what it holds: The lock of this vault is shut." }
            @{ Fault = 'read-only'; Message = "The vault '*' did not keep the secret 'OnionShare-papers-*': Nobody writes here." }
            @{ Fault = 'forgetful'; Message = "The vault '*' did not keep the secret 'OnionShare-papers-*': it gave back something else than it was given." }
        ) {
            Set-Fault $Fault
            $refusal = Get-Refusal { Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe }
            "$refusal" | Should -BeLike $Message
            $refusal.FullyQualifiedErrorId | Should -BeLike 'VaultRefused,*'
            $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*Unlock-SecretVault*'
            Get-OnionService | Should -BeNullOrEmpty
            $job = { Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe -AsJob }
            "$(Get-Refusal $job)" | Should -BeLike $Message
            Get-OnionService | Should -BeNullOrEmpty

            $null = Start-OnionShare $letter -LocalOnly -Name papers -Save
            "$(Get-Refusal { Save-OnionService papers -Vault $safe -ErrorAction Stop })" | Should -BeLike $Message
            (Get-OnionService papers).Vault | Should -BeNullOrEmpty
            (Get-OnionService -Saved).Name | Should -Be 'papers'
            Get-Names | Should -BeNullOrEmpty
        }

        It 'nothing, once it is stopped while the vault waits; that is no error, and nothing is left behind' {
            Set-Fault slow
            $shell = [powershell]::Create()
            try {
                $null = $shell.AddScript("
                    Import-Module '$(Get-TestModule)', '$Source'
                    Register-SecretVault -Name 'Slow$PID' -ModuleName '$PSScriptRoot/vaults/FolderVault' -VaultParameters @{ Folder = '$folder' }").Invoke()
                $shell.Commands.Clear()
                $null = $shell.AddCommand('Start-OnionShare').AddParameter('Path', $letter).AddParameter('LocalOnly').AddParameter('Vault', "Slow$PID")
                $call = $shell.BeginInvoke()
                Wait-Until { Test-Path (Join-Path $folder 'entered') } 'the vault waits'
                $stop = $shell.BeginStop($null, $null)
                Wait-Until { $shell.InvocationStateInfo.State -in 'Stopping', 'Stopped' } 'the stop has begun'
                Set-Content (Join-Path $folder 'go on') ''
                Wait-Until { $stop.IsCompleted } 'the stop is done'
                { $shell.EndInvoke($call) } | Should -Throw '*stopped*'
                $shell.Streams.Error | Should -BeNullOrEmpty
            } finally {
                $shell.Commands.Clear()
                $null = $shell.AddCommand('Unregister-SecretVault').AddParameter('Name', "Slow$PID").Invoke()
                $shell.Dispose()
            }
            Get-OnionService | Should -BeNullOrEmpty
            Get-Names | Should -BeNullOrEmpty
        }

        It 'a scheduled task of it: the scheduler''s engine can not open a vault' {
            $null = Start-OnionShare $letter -LocalOnly -Name papers -Vault $safe
            $refusal = Get-Refusal { Register-OnionScheduledTask open papers -AtStartup -WhatIf }
            "$refusal" | Should -BeExactly "'papers' is kept in the vault '$safe', which the scheduler's engine can't open."
            $refusal.FullyQualifiedErrorId | Should -BeLike 'NotSchedulable,*'
            Stop-OnionService papers
            $refusal = Get-Refusal { Register-OnionScheduledTask open papers -AtStartup -WhatIf }
            $refusal.FullyQualifiedErrorId | Should -BeLike 'SavedNotFound,*'
            $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*vault*'
        }
    }

    It 'the example saved-inbox.ps1 opens an inbox it keeps there, and the same one again the next time' {
        $example = Join-Path $PSScriptRoot '../../examples/saved-inbox.ps1'
        $inbox, $backup = (Join-Path $place.Root 'kept'), (Join-Path $place.Root 'kept.onionservice')
        $first = 'constrict purity lantern' | & $example $inbox -Name kept -LocalOnly -Backup $backup -Vault $safe -WarningAction SilentlyContinue
        (Get-OnionService kept).Vault | Should -BeExactly $safe
        Test-Path $backup | Should -BeTrue
        Stop-OnionService kept
        ([uri](& $example $inbox -Name kept -LocalOnly -Vault $safe -WarningAction SilentlyContinue)).UserInfo | Should -BeExactly ([uri]$first).UserInfo
        Get-Traces | Should -BeNullOrEmpty
    }

    It 'completes the names of vaults, quoted where needed' {
        $line = "Restore-OnionService x -Vault oth"
        $match = (TabExpansion2 $line $line.Length).CompletionMatches
        $match.CompletionText | Should -BeExactly "'Other $PID'"
        $match.ToolTip | Should -BeExactly 'Vault of FolderVault'
        $line = "Start-OnionChat -Vault Safe"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -BeExactly $safe
    }
}

Describe 'Without Microsoft.PowerShell.SecretManagement' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
        Import-Module (Get-TestModule)
        $place = New-TestHome
        $letter = Join-Path $place.Files 'letter.txt'
        $without = '$env:PSModulePath = Join-Path $PSHOME Modules; '
    }

    AfterAll { Remove-TestHome $place }

    It 'each command with -Vault says what to install, and does nothing' {
        $told = Invoke-Session ($without + @"
            `$ErrorActionPreference = 'Stop'
            foreach (`$command in
                { Start-OnionShare '$letter' -LocalOnly -Save -Vault Work },
                { Start-OnionChat -LocalOnly -Vault Work -AsJob },
                { Save-OnionService * -Vault Work },
                { Get-OnionService -Saved -Vault Work },
                { Restore-OnionService x -Vault Work },
                { Remove-OnionService x -Vault Work -Confirm:`$false },
                { Export-OnionService x . -NoEncryption -Vault Work },
                { Import-OnionService '$($place.Files)' -Vault Work },
                { Grant-OnionAccess x y -Vault Work },
                { Revoke-OnionAccess x y -Vault Work }) {
                try { & `$command; 'not refused' }
                catch { "`$(`$_.FullyQualifiedErrorId.Split(',')[0]) `$(`$_.CategoryInfo.Category): `$_ `$(`$_.ErrorDetails.RecommendedAction)" }
            }
"@)
        $lines = $told -split '\r?\n'
        $lines | Should -HaveCount 10
        $lines | Sort-Object -Unique | Should -BeExactly ('VaultModuleMissing NotInstalled: Vaults need the module Microsoft.PowerShell.SecretManagement, which is not here. ' +
            'Install-Module Microsoft.PowerShell.SecretManagement installs it; a vault is another module, such as Microsoft.PowerShell.SecretStore.')
        Get-OnionService | Should -BeNullOrEmpty
        Test-Path (Join-Path $place.State 'services') | Should -BeFalse
    }

    It 'all else works, and there is nothing to complete' {
        Invoke-Session ($without + "
            (Start-OnionShare '$letter' -LocalOnly -Save -Name papers).Vault
            `$line = 'Restore-OnionService x -Vault w'
            (TabExpansion2 `$line `$line.Length).CompletionMatches.Where({ `$_.ResultType -eq 'ParameterValue' }).Count
            Stop-OnionService papers; (Get-OnionService -Saved).Name") | Should -BeExactly "0$([Environment]::NewLine)papers"
    }

    It 'a module of that name that can not be loaded is told of' {
        $broken = New-Item -ItemType Directory (Join-Path $place.Root 'modules/Microsoft.PowerShell.SecretManagement')
        Set-Content (Join-Path $broken 'Microsoft.PowerShell.SecretManagement.psm1') 'throw "It is broken"'
        Invoke-Session "`$env:PSModulePath = '$($broken.Parent.FullName)' + [IO.Path]::PathSeparator + (Join-Path `$PSHOME Modules)
            try { Get-OnionService -Saved -Vault Work } catch { `"`$_`" }" |
            Should -BeExactly 'The module Microsoft.PowerShell.SecretManagement could not be loaded: It is broken.'
    }
}
