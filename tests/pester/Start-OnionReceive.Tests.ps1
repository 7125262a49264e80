BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $inbox = Join-Path $place.Root 'in [box]'
    $letter = Join-Path $place.Files 'letter.txt'
    $plan = Join-Path $place.Files 'plan [1].txt'
    $umbrella = Join-Path $place.Files 'sub/Grüße ☂.txt'
}

AfterAll { Remove-TestHome $place }

Describe 'Start-OnionReceive' {
    AfterEach {
        Stop-OnionService * -Force
        Remove-Item -Recurse -Force -LiteralPath $inbox -ErrorAction Ignore
    }

    It 'takes files and a message: what lies in the folder is what was sent' {
        $service = Start-OnionReceive $inbox -LocalOnly -Name inbox
        $service.Mode | Should -Be 'Receive'
        $service.Paths | Should -Be $inbox
        Send-Upload $service $letter, $plan, $umbrella 'Hello ☂' | Should -Be 200

        $transfer = Get-OnionTransfer inbox -State Completed
        $transfer.Direction | Should -Be 'Upload'
        $received = Get-ChildItem -LiteralPath $inbox -Recurse -File
        $received.FullName | Sort-Object | Should -Be ($transfer.Paths | Sort-Object)
        ($received.Name -replace '^message-[\d.-]+\.txt$', 'message.txt') | Sort-Object | Should -Be (@((Get-Item -LiteralPath $letter, $plan, $umbrella).Name) + 'message.txt' | Sort-Object)
        foreach ($sent in $letter, $plan, $umbrella) {
            $copy = $received.Where({ $_.Name -eq (Split-Path -Leaf $sent) })[0]
            (Get-FileHash -LiteralPath $copy).Hash | Should -Be (Get-FileHash -LiteralPath $sent).Hash
        }
        Get-Content -Raw -LiteralPath $received.Where({ $_.Name -like 'message-*.txt' }).FullName | Should -BeExactly 'Hello ☂'
    }

    It 'gives receipts: the sender and the owner have the same SHA-256, and a file beside keeps it' {
        $service = Start-OnionReceive $inbox -LocalOnly -Receipt
        $sent = Send-OnionFile $service.Url $letter -LocalOnly
        $sent.Sha256 | Should -Be (Get-FileHash -LiteralPath $letter).Hash
        $transfer = $service | Get-OnionTransfer
        $transfer.Sha256 | Should -Be $sent.Sha256
        $transfer.Paths | Split-Path -Leaf | Should -Be 'letter.txt', 'SHA256SUMS'
        Get-Content -LiteralPath $transfer.Paths[1] | Should -BeExactly "$($sent.Sha256)  letter.txt"
    }

    It 'writes nothing for who has no password' {
        $service = Start-OnionReceive $inbox -LocalOnly
        Send-Upload ([pscustomobject]@{ Address = $service.Address }) $letter | Should -Be 401
        Get-ChildItem -LiteralPath $inbox | Should -BeNullOrEmpty
        $service | Get-OnionTransfer | Should -BeNullOrEmpty
    }

    It 'gives the files of an upload to Move-Item as Path, and means no others' {
        $done = New-Item -ItemType Directory (Join-Path $place.Root 'done')
        $service = Start-OnionReceive $inbox -LocalOnly
        # As a wildcard «plan [1].txt» would mean the other one, and the message must not be left.
        Send-Upload $service $plan, (Join-Path $place.Files 'plan 1.txt') 'm' | Should -Be 200
        $transfer = $service | Get-OnionTransfer
        @($transfer.Path).Count | Should -Be 3
        ($transfer | Get-Item).FullName | Sort-Object | Should -Be ($transfer.Paths | Sort-Object)
        Move-Item @($transfer.Path).Where({ $_.Contains('`[1') }) $done
        (Get-ChildItem $done).Name | Should -Be 'plan [1].txt'
        Get-Content -Raw -LiteralPath (Join-Path $done 'plan [1].txt') | Should -BeExactly 'a plan'
        Remove-Item -Recurse $done
    }

    It 'is followed: each upload is moved away as it comes' {
        $done = New-Item -ItemType Directory (Join-Path $place.Root 'moved')
        $service = Start-OnionReceive $inbox -LocalOnly -Name followed
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript(
                "Import-Module '$(Get-TestModule)'; Get-OnionTransfer followed -Follow | ForEach-Object { Move-Item `$_.Path '$done' -PassThru }")
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $call = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            Send-Upload $service $plan 'one' | Should -Be 200
            Wait-Until { $output.Count -eq 2 } 'the first was moved'
            Send-Upload $service $letter, $umbrella 'two' | Should -Be 200
            Wait-Until { $output.Count -eq 5 } 'the others were moved, the second message beside the first'
            $service | Stop-OnionService
            Wait-Until { $call.IsCompleted } 'the following ends with the service'
            $shell.Streams.Error | Should -BeNullOrEmpty
        } finally { $shell.Dispose() }
        Get-ChildItem -LiteralPath $inbox -Recurse -File | Should -BeNullOrEmpty
        (Get-ChildItem $done -Filter message-*.txt) | Should -HaveCount 2
        (Get-ChildItem $done -Exclude message-*.txt).Name | Sort-Object | Should -Be ((Get-Item -LiteralPath $plan, $letter, $umbrella).Name | Sort-Object)
        Remove-Item -Recurse $done
    }

    It 'refuses a file larger than -MaxFileSize <Size>, and leaves nothing of it' -ForEach @(
        @{ Size = 6 }, @{ Size = '6' }, @{ Size = '0.006 KB' }, @{ Size = '6 bytes' }
    ) {
        $service = Start-OnionReceive $inbox -LocalOnly -MaxFileSize $Size
        Send-Upload $service $letter | Should -Be 413
        Send-Upload $service $plan | Should -Be 200
        (Get-ChildItem -LiteralPath $inbox -Recurse -File).Name | Should -Be 'plan [1].txt'
        $failed = $service | Get-OnionTransfer -State Failed
        $failed.Path | Should -BeNullOrEmpty
        $failed.Error | Should -BeLike '*6 B*'
    }

    It 'understands sizes typed without quotes' {
        $service = Start-OnionReceive $inbox -LocalOnly -MaxFileSize 5GB -MaxSubmissionSize 1.5TB -MaxTotalSize 2TB -MinFreeSpace 0 -MaxFiles 7 -MaxConcurrent 3 -DiscardPartial
        Send-Upload $service $letter | Should -Be 200
    }

    It 'takes no files with -NoFiles, no message with -NoText' {
        $messages = Start-OnionReceive $inbox -LocalOnly -NoFiles
        Send-Upload $messages $letter | Should -Not -Be 200
        Get-ChildItem -LiteralPath $inbox -Recurse -File | Should -BeNullOrEmpty
        Send-Upload $messages @() 'words' | Should -Be 200
        (Get-ChildItem -LiteralPath $inbox -Recurse -File).Name | Should -BeLike 'message-*.txt'
        $messages | Stop-OnionService
        (Get-Page (Start-OnionReceive $inbox -LocalOnly -NoText)).Content | Should -Not -Match '<textarea'
    }

    It 'without -Path takes OnionShare in the home folder' -Skip:$IsWindows {
        $paths = Invoke-Session "`$env:HOME = '$($place.Root)'; (Start-OnionReceive -LocalOnly).Paths"
        $paths | Should -Be (Join-Path $place.Root 'OnionShare')
        Test-Path (Join-Path $place.Root 'OnionShare') -PathType Container | Should -BeTrue
    }

    It 'resolves a path against the current location, and ~' {
        Push-Location $place.Root
        try { (Start-OnionReceive './in [box]/' -LocalOnly).Paths | Should -Be $inbox } finally { Pop-Location }
        Start-OnionReceive ~/never-made -LocalOnly -WhatIf | Should -BeNullOrEmpty
        Test-Path ~/never-made | Should -BeFalse
    }

    It 'shows its folder and URL when it has started' {
        $text = Start-OnionReceive $inbox -LocalOnly | Out-String -Width 200
        $text | Should -Match 'State +: Receive, running'
        $text | Should -Match ([regex]::Escape($inbox))
        $text | Should -Match 'Url +: http://onionshare:'
    }
}

Describe 'Start-OnionReceive refuses' {
    AfterEach { Get-OnionService | Should -BeNullOrEmpty }

    It '<Id> and says what to do: <With.Keys>' -ForEach @(
        @{ Id = 'ParametersClash'; With = @{ NoFiles = $true; NoText = $true }; Says = "-NoFiles and -NoText can't be used together." }
        @{ Id = 'ParametersClash'; With = @{ NoFiles = $true; MaxFileSize = 1 }; Says = "-NoFiles and -MaxFileSize can't be used together." }
        @{ Id = 'ParametersClash'; With = @{ Public = $true; Password = 'x' }; Says = "-Public and -Password can't be used together." }
        @{ Id = 'NotWebAddress'; With = @{ WebhookUrl = 'example.org' }; Says = "-WebhookUrl 'example.org' is not an http or https address." }
        @{ Id = 'NotWebAddress'; With = @{ WebhookUrl = 'file:///etc/passwd' }; Says = '*is not an http or https address.' }
    ) {
        try { $null = Start-OnionReceive $inbox -LocalOnly @With } catch { $refusal = $_ }
        $refusal.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        "$refusal" | Should -BeLike $Says
        $refusal.ErrorDetails.RecommendedAction | Should -Match 'Nothing was (published|done)\.$'
        Test-Path -LiteralPath $inbox | Should -BeFalse
    }

    It 'the size <Size>' -ForEach @(
        @{ Size = 'much'; Says = "*'much' is no size. Write 500MB, 5GB*" }
        @{ Size = 0; Says = '*the least is 1 byte. Leave the parameter out for no limit.*' }
        @{ Size = -5; Says = '*the least is 1 byte*' }
        @{ Size = '9999999PB'; Says = '*is no size*' }
        @{ Size = [datetime]::new(2020, 1, 1); Says = '*is no size*' }
    ) {
        { Start-OnionReceive $inbox -LocalOnly -MaxFileSize $Size } | Should -Throw $Says
        Test-Path -LiteralPath $inbox | Should -BeFalse
    }

    It 'a file in place of a folder, and another provider' {
        { Start-OnionReceive $letter -LocalOnly -ErrorAction Stop } | Should -Throw '*letter.txt'' is a file; what is received goes into a folder.*'
        { Start-OnionReceive Env:inbox -LocalOnly -ErrorAction Stop } | Should -Throw '*belongs to the provider Environment*'
        { Start-OnionReceive nodrive:\inbox -LocalOnly -ErrorAction Stop } | Should -Throw '*does not exist.*'
    }

    It 'a folder that can not be made' -Skip:$IsWindows {
        try { $null = Start-OnionReceive /dev/null/inbox -LocalOnly } catch { $refusal = $_ }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'PathNotWritable,*'
        $refusal.CategoryInfo.Category | Should -Be 'PermissionDenied'
        $refusal.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'An inbox that encrypts' -Skip:($IsWindows -or -not (Get-Command gpg -CommandType Application -ErrorAction Ignore)) {
    BeforeAll {
        $was = $env:GNUPGHOME
        $env:GNUPGHOME = Join-Path $place.Root 'gnupg'
        $null = New-Item -ItemType Directory $env:GNUPGHOME
        chmod 700 $env:GNUPGHOME
        gpg --batch -q --passphrase '' --quick-gen-key alice@example.org future-default default never 2>$null
        gpg --batch -q --armor --output (Join-Path $place.Root 'alice.asc') --export alice@example.org
        $fingerprint = ((gpg --batch --with-colons --fingerprint alice@example.org) -match '^fpr')[0].Split(':')[9]
        $sealed = Join-Path $place.Root 'sealed'
        Push-Location $place.Root
    }

    AfterAll {
        Pop-Location
        gpgconf --kill all
        $env:GNUPGHOME = $was
    }

    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It 'tells whose key it is, takes a path of the shell''s folder, and keeps neither name nor content in plain' {
        $service = Start-OnionReceive $sealed -EncryptTo alice.asc -LocalOnly -WarningVariable told -WarningAction SilentlyContinue
        "$told" -replace ' ' | Should -BeLike "*alice@example.org*$fingerprint*"
        Send-Upload $service $letter 'a word' | Should -Be 200
        $files = @(Get-ChildItem $sealed -Recurse -File)
        $files.Extension | Should -Be '.gpg', '.gpg'
        $transfer = $service | Get-OnionTransfer
        $transfer.State | Should -Be 'Completed'
        $transfer.Name | Should -Not -Match 'letter'
        $opened = $files | ForEach-Object { (gpg --batch -q --decrypt $_.FullName 2>$null) -join "`n" }
        $opened | Should -Contain ((Get-Content -Raw $letter).TrimEnd())
        $opened | Should -Contain 'a word'
    }

    It 'does not start with <Why>' -ForEach @(
        @{ Why = 'a key that is not there'; Parameters = @{ EncryptTo = 'nowhere.asc' }; Says = '*nowhere.asc*' }
        @{ Why = 'a history, which would keep names'; Parameters = @{ EncryptTo = 'alice.asc'; KeepHistory = $true }; Says = '*history*' }
    ) {
        { Start-OnionReceive (Join-Path $place.Root 'other') @Parameters -LocalOnly -ErrorAction Stop } | Should -Throw $Says
        Get-OnionService | Should -BeNullOrEmpty
    }
}
