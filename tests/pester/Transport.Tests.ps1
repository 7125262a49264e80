BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Join-Path $PSScriptRoot 'AnsweringHost.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
    $passphrase = 'constrict purity lantern'
    $key = New-KeyFolder (Join-Path $place.Root 'key [1]')

    function Get-Refusal([scriptblock] $Action) {
        $ErrorActionPreference = 'Stop'
        try { & $Action | Out-Null } catch { return $_ }
        throw 'It was not refused.'
    }
}

AfterAll { Remove-TestHome $place }

Describe 'Import-OnionService' {
    AfterEach { Get-OnionService -Saved | Remove-OnionService -Confirm:$false }

    It 'reads the folder of a key as tor and mkp224o make it, and serves at its address what it is told to' {
        $website = Import-OnionService -LiteralPath $key -Name site -Mode Website -ContentPath $place.Files -Public -Title 'A site'
        $website | Should -BeOfType OnionShare.OnionSavedService
        $website.Address | Should -Match '^[a-z2-7]{56}\.onion$'
        $website.Mode | Should -Be 'Website'
        $website.Paths | Should -Be $place.Files
        $website.Running | Should -BeFalse
        $share = $key | Import-OnionService -Name papers -Mode Share -ContentPath (Join-Path $place.Files '*.txt') -KeepSharing
        $share.Address | Should -BeExactly $website.Address
        $share.Paths.Count | Should -Be 3
        $share.Public | Should -BeFalse
        (Import-OnionService (Join-Path $key 'hs_ed25519_secret_key') -Name inbox -Mode Receive -ContentPath (Join-Path $place.Root 'in')).Paths |
            Should -Be (Join-Path $place.Root 'in')
        (Import-OnionService $key -Mode Chat -RequireClientKey).RequireClientKey | Should -BeTrue
    }

    It 'reads the persistent tab of OnionShare, with its settings' {
        $tab = Join-Path $place.Root 'funny-name.json'
        $bytes = [IO.File]::ReadAllBytes((Join-Path $key 'hs_ed25519_secret_key'))
        @{
            onion = @{ private_key = [Convert]::ToBase64String($bytes[32..95]) }
            persistent = @{ mode = 'receive'; enabled = $true; autostart_on_launch = $false }
            general = @{ title = 'Post'; public = $true; autostart_timer = 0; autostop_timer = 0 }
            receive = @{ data_dir = $place.Files; disable_text = $true }
        } | ConvertTo-Json -Depth 5 | Set-Content $tab
        $saved = Get-Item $tab | Import-OnionService
        $saved.Name | Should -BeExactly 'funny-name'
        $saved.Mode | Should -Be 'Receive'
        $saved.Title | Should -BeExactly 'Post'
        $saved.Public | Should -BeTrue
        $saved.Paths | Should -Be $place.Files
        $saved.Address | Should -BeExactly (Import-OnionService $key -Mode Chat -Name same).Address
    }

    It 'saves nothing with -WhatIf' {
        Import-OnionService $key -Mode Chat -WhatIf | Should -BeNullOrEmpty
        Get-OnionService -Saved | Should -BeNullOrEmpty
    }

    It 'refuses <Id>: <Why>, and saves nothing' -ForEach @(
        @{ Id = 'InvalidRequest'; Why = 'a key alone, without what to serve'; Action = { Import-OnionService $key -ErrorAction Stop } }
        @{ Id = 'ContentNeeded'; Why = 'a mode without its files'; Action = { Import-OnionService $key -Mode Share } }
        @{ Id = 'OnlyForMode'; Why = 'a setting of another mode'; Action = { Import-OnionService $key -Mode Chat -KeepSharing } }
        @{ Id = 'NameForOne'; Why = 'two folders to receive into'; Action = { Import-OnionService $key -Mode Receive -ContentPath a, b } }
        @{ Id = 'ParametersClash'; Why = 'a public service with a password'; Action = { Import-OnionService $key -Mode Chat -Public -Password x } }
        @{ Id = 'PathNotFound'; Why = 'a file that is not there'; Action = { Import-OnionService (Join-Path $place.Root 'nowhere') -ErrorAction Stop } }
        @{ Id = 'PathNotFound'; Why = 'content that is not there'; Action = { Import-OnionService $key -Mode Share -ContentPath (Join-Path $place.Root 'nowhere') } }
        @{ Id = 'PathNotFileSystem'; Why = 'another provider'; Action = { Import-OnionService Env:PATH } }
        @{ Id = 'ImportRefused'; Why = 'a file of another kind'; Action = { Import-OnionService $letter -ErrorAction Stop } }
        @{ Id = 'ImportRefused'; Why = 'a folder without a key'; Action = { Import-OnionService $place.Files -Mode Chat -ErrorAction Stop } }
    ) {
        $refusal = Get-Refusal $Action
        $refusal.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $refusal.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-OnionService -Saved | Should -BeNullOrEmpty
    }

    It 'refuses one name for several, and a name that is taken unless -Force is given' {
        $other = New-KeyFolder (Join-Path $place.Root 'other')
        $first = Import-OnionService $key -Name room -Mode Chat
        (Get-Refusal { Import-OnionService $other -Name room -Mode Chat -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'SavedNameInUse,*'
        (Get-OnionService -Saved).Address | Should -BeExactly $first.Address
        (Import-OnionService $other -Name room -Mode Chat -Force).Address | Should -Not -Be $first.Address
        (Get-Refusal { $key, $other | Import-OnionService -Name two -Mode Chat }).FullyQualifiedErrorId | Should -BeLike 'NameForOne,*'
    }
}

Describe 'Export-OnionService' {
    BeforeAll {
        $saved = Import-OnionService $key -Name 'room/1' -Mode Chat -Password 'a-password-of-old' -RequireClientKey
        $access = Grant-OnionAccess 'room/1' laptop
        $file = Join-Path $place.Root 'room.onionservice'
    }

    AfterEach { Remove-Item (Join-Path $place.Root '*.onionservice') }

    AfterAll { Get-OnionService -Saved | Remove-OnionService -Confirm:$false }

    It 'writes a file from which the same service comes again: address, password, client keys' {
        (Export-OnionService 'room/1' $file -Passphrase $passphrase).FullName | Should -BeExactly $file
        if (-not $IsWindows) { "$([IO.File]::GetUnixFileMode($file))" | Should -Be 'UserWrite, UserRead' }
        [IO.File]::ReadAllText($file) | Should -Not -Match 'room|laptop|password'
        Remove-OnionService 'room/1' -Confirm:$false
        $again = Import-OnionService $file -Passphrase (ConvertTo-SecureString $passphrase -AsPlainText -Force)
        $again.Name | Should -BeExactly 'room/1'
        $again.Address | Should -BeExactly $saved.Address
        $again.Clients | Should -Be 'laptop'
        $plain = Export-OnionService 'room/1' (Join-Path $place.Root 'plain.onionservice') -NoEncryption
        Get-Content -Raw $plain | Should -Match 'a-password-of-old'
        Get-Content -Raw $plain | Should -Not -Match ([regex]::Escape($access.PrivateKey))
        (Import-OnionService $plain -Name copy).Address | Should -BeExactly $saved.Address
        Remove-OnionService copy -Confirm:$false
    }

    It 'is read by no other passphrase, nor with a byte changed' {
        $null = Export-OnionService 'room/1' $file -Passphrase $passphrase
        $wrong = Get-Refusal { Import-OnionService $file -Name x -Passphrase 'constrict purity lanterm' -ErrorAction Stop }
        $wrong.FullyQualifiedErrorId | Should -BeLike 'ImportRefused,*'
        $wrong.CategoryInfo.Category | Should -Be 'InvalidData'
        "$wrong" | Should -BeLike '*passphrase is wrong*'
        $wrong.ErrorDetails.RecommendedAction | Should -BeLike 'Type the passphrase again*'
        $bytes = [IO.File]::ReadAllBytes($file)
        $bytes[-1] = $bytes[-1] -bxor 1
        [IO.File]::WriteAllBytes($file, $bytes)
        (Get-Refusal { Import-OnionService $file -Name x -Passphrase $passphrase -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ImportRefused,*'
        (Get-OnionService -Saved).Name | Should -BeExactly 'room/1'
    }

    # At a console it is asked for.
    It 'is read without a passphrase by nobody, and says so where nobody can be asked for it' {
        $null = Export-OnionService 'room/1' $file -Passphrase $passphrase
        Invoke-Session "try { Import-OnionService '$file' -Name x -ErrorAction Stop } catch { `$_.FullyQualifiedErrorId }" | Should -Match 'PassphraseNeeded,'
        (Get-OnionService -Saved).Name | Should -BeExactly 'room/1'
    }

    It 'writes several into a folder, a file for each, by names no file system minds' {
        $null = Import-OnionService $key -Name 'inbox' -Mode Chat
        $folder = New-Item -ItemType Directory (Join-Path $place.Root 'backup')
        (Get-OnionService -Saved | Export-OnionService -Path $folder -NoEncryption).Name | Should -Be 'inbox.onionservice', 'room_1.onionservice'
        (Get-ChildItem $folder).Count | Should -Be 2
        Remove-OnionService inbox -Confirm:$false
    }

    It 'writes no file at all where several services are to go into one' {
        $null = Import-OnionService $key -Name 'inbox' -Mode Chat
        (Get-Refusal { Export-OnionService * $file -NoEncryption }).FullyQualifiedErrorId | Should -BeLike 'NameForOne,*'
        (Get-Refusal { Get-OnionService -Saved | Export-OnionService -Path $file -NoEncryption -Force }).FullyQualifiedErrorId | Should -BeLike 'NameForOne,*'
        Test-Path $file | Should -BeFalse
        Remove-OnionService inbox -Confirm:$false
    }

    It 'leaves a file that is there unless -Force is given' {
        Set-Content $file 'precious'
        $refusal = Get-Refusal { Export-OnionService 'room/1' $file -Passphrase $passphrase -ErrorAction Stop }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        $refusal.CategoryInfo.Category | Should -Be 'ResourceExists'
        Get-Content $file | Should -BeExactly 'precious'
        (Export-OnionService 'room/1' $file -Passphrase $passphrase -Force).Length | Should -BeGreaterThan 100
    }

    It 'refuses <Id>: <Why>, and writes nothing' -ForEach @(
        @{ Id = 'InvalidRequest'; Why = 'a short passphrase'; Action = { Export-OnionService 'room/1' $file -Passphrase short -ErrorAction Stop } }
        @{ Id = 'EmptyPassword'; Why = 'an empty passphrase'; Action = { Export-OnionService 'room/1' $file -Passphrase '' } }
        @{ Id = 'AmbiguousParameterSet'; Why = 'a passphrase and none'; Action = { Export-OnionService 'room/1' $file -Passphrase $passphrase -NoEncryption } }
        @{ Id = 'SavedNotFound'; Why = 'a service that is not saved'; Action = { Export-OnionService nobody $file -NoEncryption -ErrorAction Stop } }
        @{ Id = 'Path*'; Why = 'a folder that is not there'; Action = { Export-OnionService 'room/1' (Join-Path $place.Root 'nowhere/file') -NoEncryption -ErrorAction Stop } }
    ) {
        (Get-Refusal $Action).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Test-Path $file | Should -BeFalse
        Test-Path (Join-Path $place.Root 'nowhere') | Should -BeFalse
    }

    It 'asks for a passphrase twice, and import for the same once' {
        $export = Invoke-Asking (Get-TestModule) 0 "Export-OnionService 'room/1' '$file'" -Secrets $passphrase, $passphrase
        $export.Refusal | Should -BeNullOrEmpty
        $export.Asked | Should -Be 'Passphrase: ', 'The same passphrase again: '
        $import = Invoke-Asking (Get-TestModule) 0 "(Import-OnionService '$file' -Force).Name" -Secrets $passphrase
        $import.Asked | Should -BeLike 'Passphrase of *room.onionservice*'
        $import.Output | Should -Be 'room/1'
    }

    It 'writes nothing when the passphrase was mistyped' {
        $export = Invoke-Asking (Get-TestModule) 0 "Export-OnionService 'room/1' '$file'" -Secrets $passphrase, "$passphrase!"
        $export.Refusal.FullyQualifiedErrorId | Should -BeLike 'PassphrasesDiffer,*'
        Test-Path $file | Should -BeFalse
    }

    It 'without a passphrase asks for one, and writes nothing where nobody can be asked, nor with -WhatIf' {
        Invoke-Session "try { Export-OnionService 'room/1' '$file' } catch { `$_.FullyQualifiedErrorId }" | Should -BeLike '*PassphraseNeeded,*'
        Export-OnionService 'room/1' $file -NoEncryption -WhatIf | Should -BeNullOrEmpty
        Test-Path $file | Should -BeFalse
    }
}
