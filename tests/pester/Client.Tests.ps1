# The other end: fetching, sending and chatting from the shell, with services on 127.0.0.1.

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $here = Join-Path $place.Root 'here'
    $there = Join-Path $place.Root 'there'
    $null = New-Item -ItemType Directory $here, (Join-Path $here 'photos/sub'), $there
    Set-Content (Join-Path $here 'photos/a.txt') 'first'
    Set-Content -LiteralPath (Join-Path $here 'photos/sub/b [1].pdf') 'second'
}

AfterAll { Remove-TestHome $place }

Describe 'Fetching' {
    It 'lists, fetches and unpacks, and gives FileInfo objects that say how they were proven' {
        $share = Start-OnionShare (Join-Path $here 'photos') -LocalOnly -KeepSharing
        $listed = Get-OnionFile $share.Url -LocalOnly
        $listed.Path | Should -Be 'sub/b [1].pdf', 'a.txt'

        $files = Receive-OnionFile $share.Url -Path $there -Expand -LocalOnly
        $files | Should -BeOfType ([System.IO.FileInfo])
        $files.Proof | Should -BeIn 'Sha256', 'Crc32'
        Get-Content -LiteralPath (Join-Path $there 'photos/sub/b [1].pdf') | Should -Be 'second'

        { Receive-OnionFile $share.Url -Path $there -Expand -LocalOnly -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,*'
        $share | Stop-OnionService
    }

    It 'fetches picks from the pipeline' {
        $share = Start-OnionShare (Join-Path $here 'photos') -LocalOnly
        $to = Join-Path $place.Root 'picks'
        Get-OnionFile $share.Url -LocalOnly -Include *.pdf | Receive-OnionFile -Path $to
        (Get-ChildItem $to -Recurse -File).Name | Should -Be 'b [1].pdf'
        $share | Stop-OnionService
    }

    It 'tells a mistyped address, a wrong password and a clash of ways apart, and shows no password' {
        $share = Start-OnionShare (Join-Path $here 'photos') -LocalOnly
        { Receive-OnionFile 'http://onionshare:se-cret@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.onion' -ErrorAction Stop } |
            Should -Throw -ErrorId 'RemoteAddress,*' -ExpectedMessage '*checksum*'
        { Receive-OnionFile "http://onionshare:se-cret@$($share.Address)" -LocalOnly -ErrorAction Stop } | Should -Throw -ErrorId 'RemotePassword,*'
        { Receive-OnionFile $share.Url -LocalOnly -Skip -Overwrite -ErrorAction Stop } | Should -Throw -ErrorId 'ParametersClash,*'
        ($Error.Exception.Message | Out-String) | Should -Not -Match 'se-cret'
        $share | Stop-OnionService
    }
}

Describe 'Where to fetch to' {
    It 'is advised of for what is there: <Path>' -ForEach @(@{ Path = 'nodrive:/nope'; Id = 'PathNotFound' }, @{ Path = 'photos/a.txt'; Id = 'PathNotFolder' }) {
        $share = Start-OnionShare (Join-Path $here 'photos') -LocalOnly
        $to = if ($Id -eq 'PathNotFolder') { Join-Path $here $Path } else { $Path }
        Receive-OnionFile $share.Url -LocalOnly -Path $to -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Nothing was done.'
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -Match 'LiteralPath'
        $share | Stop-OnionService
    }
}

Describe 'Sending' {
    It 'sends files of the pipeline and a message as one submission' {
        $inbox = Join-Path $place.Root 'inbox'
        $service = Start-OnionReceive $inbox -LocalOnly
        $sent = Get-ChildItem (Join-Path $here 'photos') -File | Send-OnionFile $service.Url -Message 'hello' -LocalOnly
        $sent.Name | Should -Be 'a.txt', 'message'
        (Get-ChildItem $inbox -Recurse -File -Filter a.txt | Get-Content) | Should -Be 'first'
        Send-OnionFile $service.Url -MessageOnly -Message 'only this' -LocalOnly | Should -HaveCount 1
        $service | Stop-OnionService
    }

    It 'sends nothing that a filtered listing left out, and nothing that a listed link leads to' {
        $site = New-Item -ItemType Directory (Join-Path $place.Root 'listing/deep')
        Set-Content "$site/pub.txt" 'public'
        Set-Content "$site/id.key" 'private'
        Set-Content "$($site.Parent)/top.txt" 'top'
        if (-not $IsWindows) { $null = New-Item -ItemType SymbolicLink "$($site.Parent)/out" -Target (Join-Path $here 'photos/a.txt') }
        $inbox = Join-Path $place.Root 'filtered'
        $service = Start-OnionReceive $inbox -LocalOnly

        $sent = Get-ChildItem $site.Parent -Recurse -Exclude *.key | Send-OnionFile $service.Url -LocalOnly -WarningVariable told -WarningAction SilentlyContinue

        $sent.Name | Sort-Object | Should -Be 'deep.zip', 'top.txt'
        $sent.Path | Sort-Object | Should -Be $site.FullName, (Join-Path $site.Parent 'top.txt')
        $zip = [System.IO.Compression.ZipFile]::OpenRead((Get-ChildItem $inbox -Recurse -Filter deep.zip).FullName)
        try { $zip.Entries.FullName | Should -Be 'pub.txt' } finally { $zip.Dispose() }
        "$told" | Should -BeLike '*only what was listed*'
        if (-not $IsWindows) { "$told" | Should -BeLike "*out' is a link that leads out*" }
        $service | Stop-OnionService
    }
}

Describe 'Chatting' {
    It 'says messages and hears them' {
        $room = Start-OnionChat -LocalOnly -Public
        $hearing = Start-ThreadJob { param($module, $url) Import-Module $module; Receive-OnionMessage $url -Name Ann -Count 2 -Timeout 60s -LocalOnly } -ArgumentList (Get-TestModule), $room.Url
        $limit = [datetime]::Now.AddSeconds(60)
        while ((Get-OnionService $room.Name).Members -lt 1 -and [datetime]::Now -lt $limit) { Start-Sleep -Milliseconds 100 }

        $said = 'one', 'two' | Send-OnionMessage $room.Url -Name Bob -PassThru -LocalOnly
        $said.Text | Should -Be 'one', 'two'

        $heard = $hearing | Receive-Job -Wait -AutoRemoveJob
        $heard.Text | Should -Be 'one', 'two'
        $heard.Name | Select-Object -Unique | Should -Be 'Bob'
        $room | Stop-OnionService
    }

    It 'leaves out blank lines, and says when nothing is left' {
        $room = Start-OnionChat -LocalOnly -Public
        $said = 'a', '', ' ', $null, 'b' | Send-OnionMessage $room.Url -Name Bob -PassThru -LocalOnly -ErrorVariable problem
        $said.Text | Should -Be 'a', 'b'
        $problem | Should -BeNullOrEmpty
        { '', ' ' | Send-OnionMessage $room.Url -LocalOnly } | Should -Throw -ErrorId 'InvalidRequest,*' -ExpectedMessage '*nothing to say*'
        { @() | Send-OnionMessage $room.Url -LocalOnly } | Should -Throw '*nothing to say*'
        $room | Stop-OnionService
    }

    It 'says what to do about <What>' -ForEach @(
        @{ What = 'a message that is too long'; With = @{ Message = 'z' * 20000 }; Advice = '*in parts*' }
        @{ What = 'a name that is too long'; With = @{ Message = 'x'; Name = 'n' * 70 }; Advice = '*another name*' }
    ) {
        $room = Start-OnionChat -LocalOnly -Public
        try { Send-OnionMessage $room.Url @With -LocalOnly; $problem = $null } catch { $problem = $_ }
        $problem.ErrorDetails.RecommendedAction | Should -BeLike $Advice
        $room | Stop-OnionService
    }
}
