BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
}

AfterAll { Remove-TestHome $place }

Describe 'Start-OnionShare' {
    AfterEach { Get-OnionService | Stop-OnionService -Force -Confirm:$false }

    It 'shares a folder: what a visitor downloads and unpacks is what was shared' {
        $service = Start-OnionShare $place.Files -LocalOnly -Name round
        $service.State | Should -Be 'Running'
        Save-Share $service (Join-Path $place.Root 'round.zip')
        Expand-Archive (Join-Path $place.Root 'round.zip') (Join-Path $place.Root 'round')

        $digest = { param($Root) Get-ChildItem -Recurse $Root | ForEach-Object {
            $hash = if ($_ -is [IO.FileInfo]) { (Get-FileHash -LiteralPath $_.FullName).Hash }
            "$([IO.Path]::GetRelativePath($Root, $_.FullName)) $hash" } | Sort-Object }
        & $digest (Join-Path $place.Root 'round') | Should -Be (& $digest $place.Files)
    }

    It 'stops by itself after one complete download' {
        $service = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly
        Save-Share $service (Join-Path $place.Root 'letter.txt')
        $ended = Wait-OnionService $service -Timeout 60
        $ended.State | Should -Be 'Stopped'
        $ended.StopReason | Should -Be 'Downloaded'
        $ended.Transfers | Should -Be 1
        Get-Content -Raw (Join-Path $place.Root 'letter.txt') | Should -BeExactly 'a letter'
    }

    It 'keeps sharing with -KeepSharing' {
        $service = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -KeepSharing
        1..2 | ForEach-Object { Save-Share $service (Join-Path $place.Root "kept$_.txt") }
        Wait-Until { ($service | Get-OnionService).Transfers -eq 2 } 'two downloads are counted'
        ($service | Get-OnionService).State | Should -Be 'Running'
    }

    It 'makes one service of all that Get-ChildItem gives' {
        $services = @(Get-ChildItem $place.Files | Start-OnionShare -LocalOnly)
        $services.Count | Should -Be 1
        $services[0].Paths | Sort-Object | Should -Be ((Get-ChildItem $place.Files).FullName | Sort-Object)
    }

    It 'takes paths as strings from the pipeline, each once' {
        $letter = Join-Path $place.Files 'letter.txt'
        $service = $letter, (Join-Path $place.Files 'sub'), $letter | Start-OnionShare -LocalOnly
        $service.Paths | Should -Be $letter, (Join-Path $place.Files 'sub')
    }

    It 'resolves wildcards in -Path' {
        $service = Start-OnionShare (Join-Path $place.Files 'p*.txt') -LocalOnly
        $service.Paths | Split-Path -Leaf | Sort-Object | Should -Be 'plan [1].txt', 'plan 1.txt'
    }

    It 'takes [ in -LiteralPath as it is, and in -Path as a wildcard' {
        $path = Join-Path $place.Files 'plan [1].txt'
        (Start-OnionShare -LiteralPath $path -LocalOnly).Paths | Should -Be $path
        (Start-OnionShare -Path $path -LocalOnly).Paths | Should -Be (Join-Path $place.Files 'plan 1.txt')
        (Get-Item -LiteralPath $path | Start-OnionShare -LocalOnly).Paths | Should -Be $path
    }

    It 'resolves paths against the current location' {
        Push-Location $place.Files
        try { (Start-OnionShare ./sub/ -LocalOnly).Paths | Should -Be (Join-Path $place.Files 'sub') }
        finally { Pop-Location }
    }

    It 'gives an object whose text is the whole URL, without a slash at the end' {
        $service = Start-OnionShare $place.Files -LocalOnly -Password 'open sesame'
        $service | Should -BeOfType OnionShare.OnionService
        "$service" | Should -BeExactly $service.Url
        $service.Url | Should -Match "^http://onionshare:.+@127\.0\.0\.1:$($service.Port)$"
        $service.Password | Should -BeExactly 'open sesame'
        $service.Lifetime | Should -Be 'Session'
    }

    It 'takes a SecureString as password' {
        $secret = ConvertTo-SecureString 's3cret-words' -AsPlainText -Force
        (Start-OnionShare $place.Files -LocalOnly -Password $secret).Password | Should -BeExactly 's3cret-words'
    }

    It 'asks for no password with -Public' {
        $service = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -Public
        $service.Url | Should -BeExactly "http://$($service.Address)"
        $service.Public | Should -BeTrue
        Save-Share $service (Join-Path $place.Root 'public.txt')
        Get-Content -Raw (Join-Path $place.Root 'public.txt') | Should -BeExactly 'a letter'
    }

    It 'lets nobody in without the password' {
        $service = Start-OnionShare $place.Files -LocalOnly
        { Invoke-WebRequest "http://$($service.Address)/download" -TimeoutSec 60 } | Should -Throw '*401*'
        ($service | Get-OnionService).Visits | Should -Be 0
    }

    It 'stops after the time of -StopAfter' {
        $service = Start-OnionShare $place.Files -LocalOnly -StopAfter 1s
        ($service | Wait-OnionService -Timeout 60).StopReason | Should -Be 'TimeReached'
    }

    It 'understands <Text> as <Seconds> s' -ForEach @(
        @{ Text = '90s'; Seconds = 90 }, @{ Text = '45m'; Seconds = 2700 }, @{ Text = '1d12h'; Seconds = 129600 }
        @{ Text = 120; Seconds = 120 }, @{ Text = '02:00:00'; Seconds = 7200 }, @{ Text = [TimeSpan]::FromHours(1); Seconds = 3600 }
    ) {
        $service = Start-OnionShare $place.Files -LocalOnly -StopAfter $Text
        ($service.StopsAt - $service.StartedAt).TotalSeconds | Should -BeGreaterThan ($Seconds - 1)
        ($service.StopsAt - $service.StartedAt).TotalSeconds | Should -BeLessThan ($Seconds + 1)
    }

    It 'understands durations typed without quotes, which PowerShell takes for numbers' {
        $day = Start-OnionShare $place.Files -LocalOnly -StopAfter 1d
        ($day.StopsAt - $day.StartedAt).TotalHours | Should -BeGreaterThan 23.9
        $half = Start-OnionShare $place.Files -LocalOnly -StopAfter 3600.5s
        ($half.StopsAt - $half.StartedAt).TotalSeconds | Should -BeGreaterThan 3600.4
    }

    It 'returns a service that waits for its start time' {
        $service = Start-OnionShare $place.Files -LocalOnly -StartAt (Get-Date).AddHours(1)
        $service.State | Should -Be 'Scheduled'
        $service.Url | Should -BeNullOrEmpty
    }

    # .NET takes the time zone from TZ, except on Windows.
    It 'takes a time that was typed for local, and knows UTC and other zones: <Given>' -Skip:$IsWindows -ForEach @(
        @{ Given = "'YEAR-06-01 17:00'"; Later = "'YEAR-06-02 17:00'"; Utc = '08:00' }
        @{ Given = "([datetime]'YEAR-06-01 17:00')"; Utc = '08:00' }
        @{ Given = "([datetime]::new(YEAR, 6, 1, 17, 0, 0, [DateTimeKind]::Utc))"; Utc = '17:00' }
        @{ Given = "([DateTimeOffset]'YEAR-06-01T17:00:00+02:00')"; Utc = '15:00' }
        @{ Given = "(Get-Date 'YEAR-06-01 17:00' -AsUTC)"; Utc = '08:00' }
    ) {
        $zone, $env:TZ = $env:TZ, 'Asia/Tokyo'
        $year = (Get-Date).Year + 1
        $Given, $Later = ($Given -replace 'YEAR', $year), ($Later -replace 'YEAR', $year)
        try {
            $told = Invoke-Session "`$service = Start-OnionShare '$($place.Files)' -LocalOnly -StartAt $Given
                `$service = Set-OnionService `$service -StopAt $($Later ? $Later : "($Given.AddDays(1))") -PassThru
                foreach (`$time in `$service.StartsAt, `$service.StopsAt) { `$time.ToUniversalTime().ToString('MM-dd HH:mm') }"
        } finally { $env:TZ = $zone }
        $told -split '\r?\n' | Should -Be "06-01 $Utc", "06-02 $Utc"
    }

    It 'shows the URL whole, however narrow the console is' {
        $service = Start-OnionShare $place.Files -LocalOnly
        ($service | Out-String -Width 60) -replace '\s' | Should -Match ([regex]::Escape($service.Url))
    }
}

Describe 'Start-OnionShare refuses' {
    BeforeAll {
        function Get-Refusal([scriptblock] $Action) {
            $ErrorActionPreference = 'Stop'
            try { & $Action | Out-Null } catch { return $_ }
            throw 'It was not refused.'
        }
    }

    AfterEach {
        # Whatever was refused has published nothing.
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'a path that does not exist, among others that do' {
        $refusal = Get-Refusal { Start-OnionShare $place.Files, (Join-Path $place.Root 'nowhere') -LocalOnly }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        $refusal.CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $refusal.TargetObject | Should -Be (Join-Path $place.Root 'nowhere')
        "$refusal" | Should -BeLike "The path '*nowhere' does not exist."
        $refusal.ErrorDetails.RecommendedAction | Should -Match 'Nothing was (published|done)\.$'
    }

    It 'a missing path by <Way>' -ForEach @(
        @{ Way = 'a wildcard that fits nothing'; Action = { Start-OnionShare (Join-Path $place.Files '*.nothing') -LocalOnly } }
        @{ Way = '-LiteralPath'; Action = { Start-OnionShare -LiteralPath (Join-Path $place.Files 'p*.txt') -LocalOnly } }
        @{ Way = 'a drive that is not there'; Action = { Start-OnionShare 'nodrive:\file' -LocalOnly } }
        @{ Way = 'a file that vanished'; Action = { [IO.FileInfo]::new((Join-Path $place.Files 'gone')) | Start-OnionShare -LocalOnly } }
    ) {
        (Get-Refusal $Action).FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
    }

    It 'what is not of the file system' {
        $refusal = Get-Refusal { Get-Item Env:PATH | Start-OnionShare -LocalOnly }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'PathNotFileSystem,*'
        (Get-Refusal { Start-OnionShare Env:PATH -LocalOnly }).FullyQualifiedErrorId | Should -BeLike 'PathNotFileSystem,*'
        "$refusal" | Should -BeLike '*only files and folders can be shared.'
    }

    It 'an empty pipeline' {
        $refusal = Get-Refusal { Get-ChildItem (Join-Path $place.Files 'sub/empty') | Start-OnionShare -LocalOnly }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'NothingToShare,*'
    }

    It '<Id> and says what to do' -ForEach @(
        @{ Id = 'ParametersClash'; With = @{ Public = $true; Password = 'x' } }
        @{ Id = 'ParametersClash'; With = @{ StopAt = (Get-Date).AddDays(2); StopAfter = '1h' } }
        @{ Id = 'TimePassed'; With = @{ StopAt = '2648-09-29 17:00' }; Tells = '*more than ten years away*' }
        @{ Id = 'TimePassed'; With = @{ StopAt = '2020-01-01' } }
        @{ Id = 'TimePassed'; With = @{ StartAt = '2020-01-01' } }
        @{ Id = 'EmptyPassword'; With = @{ Password = '' } }
        @{ Id = 'ParameterArgumentTransformationError'; With = @{ StopAfter = 'soon' }; Says = '*Write 90s, 45m, 2h*' }
        @{ Id = 'ParameterArgumentTransformationError'; With = @{ StopAfter = '0s' }; Says = '*longer than zero*' }
        @{ Id = 'ParameterArgumentTransformationError'; With = @{ Password = 42 }; Says = '*string or a SecureString*' }
    ) {
        $refusal = Get-Refusal { Start-OnionShare $place.Files -LocalOnly @With }
        $refusal.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        if ($Tells) { "$refusal" | Should -BeLike $Tells }
        if ($Says) { "$refusal" | Should -BeLike $Says } else { $refusal.ErrorDetails.RecommendedAction | Should -Match 'Nothing was (published|done)\.$' }
    }

    It 'a name that is taken' {
        $first = Start-OnionShare $place.Files -LocalOnly -Name taken
        $refusal = Get-Refusal { Start-OnionShare $place.Files -LocalOnly -Name taken }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'NameInUse,*'
        $refusal.CategoryInfo.Category | Should -Be 'ResourceExists'
        $refusal.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $first | Stop-OnionService
    }

    It 'nothing with -WhatIf, but does nothing either: not even the engine is started' {
        Stop-OnionEngine -Force
        Get-ChildItem $place.Files | Start-OnionShare -LocalOnly -WhatIf | Should -BeNullOrEmpty
        Get-OnionEngine | Should -BeNullOrEmpty
    }
}
