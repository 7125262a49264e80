BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $site = Join-Path $place.Root 'site'
    $null = New-Item -ItemType Directory (Join-Path $site 'docs')
    Set-Content (Join-Path $site 'index.html') '<h1>A site</h1>' -NoNewline
    Set-Content (Join-Path $site 'docs/page.txt') 'a page' -NoNewline
    Set-Content (Join-Path $site '.hidden') 'hidden' -NoNewline
    if ($IsWindows) { (Get-Item -Force (Join-Path $site '.hidden')).Attributes = 'Hidden' }
}

AfterAll { Remove-TestHome $place }

Describe 'Start-OnionWebsite' {
    AfterEach { Stop-OnionService * -Force }

    It 'serves the pages of a folder, with a strict policy' {
        $service = Start-OnionWebsite $site -LocalOnly
        $service.Mode | Should -Be 'Website'
        $page = Get-Page $service
        $page.StatusCode | Should -Be 200
        $page.Content | Should -BeExactly '<h1>A site</h1>'
        "$($page.Headers['Content-Security-Policy'])" | Should -BeLike "*default-src*"
        (Get-Page $service '/docs/page.txt').Content | Should -BeExactly 'a page'
        (Get-Page $service '/nowhere').StatusCode | Should -Be 404
        (Get-Page $service '/.hidden').StatusCode | Should -Be 404
        (Get-Page ([pscustomobject]@{ Address = $service.Address })).StatusCode | Should -Be 401
    }

    It 'serves with a policy of one''s own, or none, and hidden files when asked' {
        $own = Start-OnionWebsite $site -LocalOnly -ContentSecurityPolicy "default-src 'self' 'unsafe-inline'" -IncludeHidden -Public
        "$((Get-Page $own).Headers['Content-Security-Policy'])" | Should -BeExactly "default-src 'self' 'unsafe-inline'"
        [Text.Encoding]::UTF8.GetString((Get-Page $own '/.hidden').RawContentStream.ToArray()) | Should -BeExactly 'hidden'
        $none = Start-OnionWebsite -LiteralPath $site -LocalOnly -NoContentSecurityPolicy
        (Get-Page $none).Headers.Keys | Should -Not -Contain 'Content-Security-Policy'
    }

    It 'makes one site of all that comes through the pipe, by object and by string' {
        $service = Get-ChildItem $site | Start-OnionWebsite -LocalOnly
        (Get-Page $service '/docs/page.txt').Content | Should -BeExactly 'a page'
        @(Get-OnionService).Count | Should -Be 1
        (($site, $place.Files) | Start-OnionWebsite -LocalOnly).Paths | Should -Be $site, $place.Files
    }

    It 'refuses what makes no sense, and publishes nothing' {
        { Start-OnionWebsite $site -LocalOnly -NoContentSecurityPolicy -ContentSecurityPolicy x } |
            Should -Throw "-ContentSecurityPolicy and -NoContentSecurityPolicy can't be used together.*"
        { Start-OnionWebsite (Join-Path $place.Root 'nowhere') -LocalOnly -ErrorAction Stop } | Should -Throw '*does not exist.*'
        { @() | Start-OnionWebsite -LocalOnly } | Should -Throw 'There is nothing to serve*'
        { Start-OnionWebsite $site -LocalOnly -ContentSecurityPolicy "a`r`nX: y" } | Should -Throw
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'is no backend of what is no front, of a front for itself, or without what all backends have in common' {
        $front = 'wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion'
        { Start-OnionWebsite $site -OnionBalance $front -Public -LocalOnly } | Should -Throw "-OnionBalance and -LocalOnly can't be used together.*"
        { Start-OnionWebsite $site -OnionBalance $front -Public -RequireClientKey } | Should -Throw "-OnionBalance and -RequireClientKey can't be used together.*"
        { Start-OnionWebsite $site -OnionBalance $front } | Should -Throw '-OnionBalance needs the password of the site*' -ErrorId 'InvalidRequest,*'
        { Start-OnionWebsite $site -OnionBalance 'abc.onion' -Public -Save } | Should -Throw "'abc.onion' is no version 3 onion address.*"
        { Start-OnionWebsite $site -OnionBalance ($front -replace '^w', 'v') -Public -Save } | Should -Throw '*is mistyped: its checksum*'
        Get-OnionService | Should -BeNullOrEmpty
        Get-OnionService -Saved | Should -BeNullOrEmpty
    }

    It 'is a backend of the front: what is handed out is the front''s URL, and what is saved of it says so' {
        # Scheduled, so that it needs no tor.
        $front = 'wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion'
        $options = @{ Path = $site; Name = 'one'; OnionBalance = $front; Password = 'the same'; StartAt = [datetime]::Now.AddHours(1); WarningVariable = 'warnings' }
        $service = Start-OnionWebsite @options -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike 'This backend is not saved*'
        "$service" | Should -BeExactly "http://onionshare:the%20same@$front"
        $service.OnionBalance | Should -BeExactly $front
        $service.Address | Should -Match '^[a-z2-7]{56}\.onion$'
        $service.Address | Should -Not -Be $front
        ($service | Out-String) | Should -Match "Backend *: $($service.Address)"
        ($service | Get-OnionService | Format-List | Out-String) | Should -Match "OnionBalance *: $front"
        $saved = $service | Save-OnionService
        $saved.OnionBalance | Should -BeExactly $front
        $service | Stop-OnionService
        $again = Restore-OnionService one -StartAt ([datetime]::Now.AddHours(1))
        $again.Url, $again.Address, $again.OnionBalance | Should -Be $service.Url, $service.Address, $front
        $again | Stop-OnionService
        Remove-OnionService one -Confirm:$false
    }
}

Describe 'Start-OnionChat' {
    AfterEach { Stop-OnionService * -Force }

    It 'opens a room whose page answers, to those with the password' {
        $service = Start-OnionChat -LocalOnly -Name desk -Title 'Desk 4'
        $service.Mode | Should -Be 'Chat'
        $service.Members | Should -Be 0
        (Get-Page $service).StatusCode | Should -Be 200
        (Get-Page $service).Content | Should -Match 'Desk 4'
        (Get-Page ([pscustomobject]@{ Address = $service.Address })).StatusCode | Should -Be 401
        Get-OnionService | Out-String -Width 160 | Should -Match 'desk +Chat +Running +\d+ +0 +new +127'
    }

    It 'gives its URL to Show-OnionUrl and Copy-OnionUrl' {
        $room = Start-OnionChat -LocalOnly
        ($room | Show-OnionUrl)[-1] | Should -BeExactly $room.Url
        Start-OnionChat -LocalOnly | Copy-OnionUrl -PassThru -WarningAction SilentlyContinue | Should -BeLike 'http://onionshare:*@127.0.0.1:*'
    }

    It 'does nothing with -WhatIf' {
        Start-OnionChat -LocalOnly -WhatIf | Should -BeNullOrEmpty
        Get-OnionService | Should -BeNullOrEmpty
    }
}

Describe 'Services of all modes' {
    AfterEach { Stop-OnionService * -Force }

    It 'run at the same time, each for itself' {
        $share = Start-OnionShare $place.Files -LocalOnly -Name share -KeepSharing
        $receive = Start-OnionReceive (Join-Path $place.Root 'in') -LocalOnly -Name receive
        $website = Start-OnionWebsite $site -LocalOnly -Name website
        $chat = Start-OnionChat -LocalOnly -Name chat
        $all = $share, $receive, $website, $chat
        foreach ($service in $all) { (Get-Page $service).StatusCode | Should -Be 200 }
        $all.Port | Sort-Object -Unique | Should -HaveCount 4
        # The password of one opens no other.
        $stolen = [pscustomobject]@{ Address = $share.Address; Password = $chat.Password }
        (Get-Page $stolen).StatusCode | Should -Be 401

        (Get-OnionService -Mode Receive, Chat).Name | Sort-Object | Should -Be 'chat', 'receive'
        $table = Get-OnionService | Out-String -Width 160
        foreach ($mode in 'Share', 'Receive', 'Website', 'Chat') { $table | Should -Match "(?m)^$mode +$mode +Running" }
        $receive | Stop-OnionService
        foreach ($service in $share, $website, $chat) { (Get-Page $service).StatusCode | Should -Be 200 }
    }
}
