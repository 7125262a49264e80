# What people and scripts see of services: the first minute at a console of 80 columns, and what is made of the objects.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $service = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -Name 'a name of some length'
}

AfterAll {
    Remove-Item Env:TEST_* -ErrorAction Ignore
    Remove-TestHome $place
}

Describe 'What is shown of a service' {
    It 'fits 80 columns as a table, with a short address instead of the link' {
        $table = Get-OnionService | Out-String -Width 80
        $table | Should -Match 'Name +Mode +State +Visits +Transfers +Age/End +Address'
        $table | Should -Match "Share +Running +\d+ +\d+ +new +127\.0\.0\.1:$($service.Port)"
        $table | Should -Not -Match 'http'
        $table -split '\r?\n' | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 80 }
    }

    It 'tells at the start what is shared and when it ends, in words' {
        $shown = $service | Out-String -Width 120
        $shown | Should -Match ('Url +: ' + [regex]::Escape($service.Url))
        $shown | Should -Match 'Content +: 1 file, 8 B: letter\.txt'
        $shown | Should -Match 'Ends +: after one complete download or when this session ends'
        $shown | Should -Match ('Password +: ' + $service.Password)
    }

    It 'says at the start that nobody is let in yet where visitors need a key' {
        $started = [pscustomobject]@{ RequireClientKey = $true; ClientsText = '' }
        $started.PSTypeNames.Insert(0, 'OnionShare.OnionService#Started')
        $started | Out-String | Should -Match 'Clients  : nobody yet: Grant-OnionAccess'
        $started.ClientsText = 'anna, ben'
        $started | Out-String | Should -Match 'Clients  : anna, ben'
    }

    It 'is whole as a list, of what a start gave, too' {
        foreach ($list in (Get-OnionService | Format-List | Out-String -Width 120), ($service | Format-List | Out-String -Width 120)) {
            $list | Should -Match ('Url +: ' + [regex]::Escape($service.Url))
            $list | Should -Match 'Content +: 1 file'
            $list | Should -Match 'Lifetime +: Session'
            $list | Should -Match 'Visits +: '
        }
    }

    It 'goes on under what it is when a line of the start is longer than the console' {
        $long = Start-OnionChat -LocalOnly -Password ('long ' * 30).Trim()
        try { $long | Out-String -Width 60 | Should -Match '(?m)^Password : (long )+l?.*\r?\n {11} ?\S' } finally { $long | Stop-OnionService }
    }

    It 'is shown under ConstrainedLanguage, too: <View>' -ForEach @(
        @{ View = 'a table'; With = 'Get-OnionService'; Shows = 'Name +Mode.*a name of so. +Share +Running' }
        @{ View = 'a list'; With = 'Get-OnionService | Format-List'; Shows = 'Paths +: .*letter\.txt' }
        @{ View = 'transfers'; With = 'Get-OnionTransfer'; Shows = 'Percent.*100 %' }
        @{ View = 'saved services'; With = 'Get-OnionService -Saved'; Shows = 'kept +Chat' }
        @{ View = 'files of a service'; With = 'Get-OnionFile $env:TEST_URL -LocalOnly'; Shows = 'SHA-256 +Path.*\d{4}-\d\d-\d\d \d\d:\d\d +8 B .*letter\.txt' }
        @{ View = 'sent files'; With = 'Send-OnionFile $env:TEST_INBOX $env:TEST_FILE -LocalOnly'; Shows = '8 B +True +letter\.txt' }
        @{ View = 'messages'; With = '"good`e[2Jday" | Send-OnionMessage $env:TEST_ROOM -Name Ann -PassThru -LocalOnly'; Shows = '\d\d:\d\d:\d\d +Ann +good[^\e]+day' }
    ) {
        if (-not (Get-OnionTransfer)) {
            $fetched = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -KeepSharing
            Save-Share $fetched (Join-Path $place.Root 'fetched.txt')
            $env:TEST_ROOM = (Start-OnionChat -LocalOnly -Name kept -Save).Url
            $env:TEST_INBOX = (Start-OnionReceive (Join-Path $place.Root 'inbox') -LocalOnly).Url
            $env:TEST_URL = $fetched.Url
            $env:TEST_FILE = Join-Path $place.Files 'letter.txt'
        }
        (Invoke-Session "`$PSStyle.OutputRendering = 'PlainText'; `$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'; $With | Out-String -Width 120") |
            Should -Match "(?s)$Shows"
    }
}

Describe 'The views' {
    It 'call no method, which ConstrainedLanguage would not do' {
        $views = [xml](Get-Content -Raw (Join-Path (Split-Path (Get-TestModule)) 'OnionShare.format.ps1xml'))
        $views.SelectNodes('//ScriptBlock').InnerText.Where{ $_ -match '::|\.\w+\(' } | Should -BeNullOrEmpty
    }
}

Describe 'What a script gets of a service' {
    It 'has names, not numbers, in JSON' {
        $json = $service | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $json.State | Should -Be 'Running'
        $json.Mode | Should -Be 'Share'
        $json.Lifetime | Should -Be 'Session'
        $json.Files | Should -Be 1
        $json.PSObject.Properties.Name | Should -Not -Match 'Text$'
    }

    It 'has no number for a name and no list that CSV does not show, in any object of the module' {
        $types = $service.GetType().Assembly.GetExportedTypes().Where{ $_.Namespace -eq 'OnionShare' -and $_.IsClass }
        $types.Count | Should -BeGreaterThan 15
        $types.GetProperties().Where{
            $kind = [Nullable]::GetUnderlyingType($_.PropertyType) ?? $_.PropertyType
            $_.DeclaringType.Namespace -eq 'OnionShare' -and ($kind.IsEnum -or $kind.IsAssignableTo([Collections.IEnumerable]) -and $kind -notin [string], [OnionShare.OnionTexts])
        }.ForEach{ "$($_.DeclaringType.Name).$($_.Name)" } | Should -BeNullOrEmpty
        (Get-OnionEngine | ConvertTo-Json | ConvertFrom-Json).Tor | Should -Be 'Off'
    }

    It 'has all of it with Select-Object * and in CSV, and nothing that is only for views' {
        ($service | Select-Object *).PSObject.Properties.Name | Should -Not -Match 'Text$'
        $row = $service | ConvertTo-Csv | ConvertFrom-Csv
        $row.Paths | Should -Be ($service.Paths -join '; ')
        ($service | ConvertTo-Json | ConvertFrom-Json).Paths | Should -Be $service.Paths
        $row.Url | Should -BeExactly $service.Url
        $row.State | Should -Be 'Running'
    }
}

Describe 'Copy-OnionUrl where there is no clipboard' -Skip:(-not $IsLinux -or "$env:DISPLAY$env:WAYLAND_DISPLAY") {
    It 'gives the link out with a warning, also when errors end a script' {
        $ErrorActionPreference = 'Stop'
        $service | Copy-OnionUrl -WarningVariable told -WarningAction SilentlyContinue | Should -BeExactly $service.Url
        "$told" | Should -BeLike '*copy by hand*'
        $service | Copy-OnionUrl -PassThru -WarningAction SilentlyContinue | Should -BeExactly $service.Url
    }

    It 'gives it out after sending it to the terminal' {
        $service | Copy-OnionUrl -OSC52 -WarningAction SilentlyContinue 6>$null | Select-Object -Last 1 | Should -BeExactly $service.Url
    }
}

Describe 'Show-OnionUrl' {
    It 'is dark on light with -Invert' {
        $lines, $inverted = (Show-OnionUrl $service), (Show-OnionUrl $service -Invert)
        $inverted[0] | Should -Be ($lines[0] -replace '█', ' ')
        $inverted[-1] | Should -BeExactly $service.Url
    }
}

Describe 'Show-OnionUrl -Path' {
    It 'writes <Form>, which only this user can read, and gives it out' -ForEach @(
        @{ Form = 'a PNG'; File = 'link.png'; Begins = "$([char]0x89)PNG" }
        @{ Form = 'an SVG'; File = 'link.SVG'; Begins = '<svg ' }
    ) {
        $path = Join-Path $place.Root $File
        $image = Show-OnionUrl $service -Path $path
        $image | Should -BeOfType IO.FileInfo
        $image.FullName | Should -BeExactly $path
        [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($path)) | Should -BeLike "$Begins*"
        if (-not $IsWindows) { "$([IO.File]::GetUnixFileMode($path))" | Should -Be 'UserWrite, UserRead' }

        Set-Content $path 'precious'
        Show-OnionUrl $service -Path $path -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'FileExists,*'
        Get-Content $path | Should -Be 'precious'
        (Show-OnionUrl $service -Path $path -Force).Length | Should -BeGreaterThan 100
    }

    It 'refuses another kind of file, and a folder that is not there, in words' {
        { Show-OnionUrl $service -Path (Join-Path $place.Root 'link.gif') } | Should -Throw '*no image*'
        Show-OnionUrl $service -Path (Join-Path $place.Root 'nowhere/link.png') -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'PathNotWritable,*'
    }
}

Describe 'Show-OnionUrl -Key' {
    It 'draws a key, from text and from what Grant-OnionAccess gave in another session, with the key below' {
        $key = '2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen5'
        foreach ($given in $key, [pscustomobject]@{ Client = 'phone'; PrivateKey = $key }) {
            $lines = $given | Show-OnionUrl -Key
            $lines[-1] | Should -BeExactly $key
            $lines[0] | Should -Match '^█+$'
            $lines.Count | Should -BeLessThan 24
        }
    }

    It 'leaves a service that comes by the pipeline to the drawing of its link' {
        $service = Start-OnionChat -LocalOnly
        ($service | Show-OnionUrl)[-1] | Should -BeExactly $service.Url
        ($service.Name | Show-OnionUrl)[-1] | Should -BeExactly $service.Url
        $service | Show-OnionUrl -Key -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem | Should -Not -BeNullOrEmpty
    }

    It 'says so where the visitor made the key' {
        [pscustomobject]@{ Client = 'phone'; PrivateKey = $null } | Show-OnionUrl -Key -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        "$($problem[0])" | Should -BeLike '*no private key*'
    }
}

Describe 'A job that failed' {
    It 'names itself before its error, not the category of it' {
        $job = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -Name 'a name of some length' -AsJob
        $null = Wait-Job $job
        $problem = $job | Receive-Job 2>&1
        $problem.CategoryInfo.Activity | Should -Be 'a name of some length'
        $job.Location | Should -Not -Match '@'
    }
}
