BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
}

AfterAll { Remove-TestHome $place }

Describe 'The language of the pages' {
    AfterEach { Stop-OnionService * -Force }

    It 'is the one of -Language, for every mode, and a saved service keeps it' {
        $services = @(
            Start-OnionShare $place.Files -LocalOnly -Language de
            Start-OnionWebsite $place.Files -LocalOnly -Language fa
            Start-OnionReceive (Join-Path $place.Root 'inbox') -LocalOnly -Language ZH-hant -Name kept -Save
            Start-OnionChat -LocalOnly -Language ru
        )
        $services.ForEach({ "$((Get-Page $_).Headers['Content-Language'])" }) | Should -Be 'de', 'fa', 'zh-Hant', 'ru'
        Stop-OnionService kept -Force
        "$((Get-Page (Restore-OnionService kept)).Headers['Content-Language'])" | Should -BeExactly 'zh-Hant'
    }

    It 'is the browser''s without it' {
        $room = Start-OnionChat -LocalOnly
        "$((Get-Page $room).Headers['Content-Language'])" | Should -BeExactly 'en'
        "$((Get-Page $room '/?lang=tr').Headers['Content-Language'])" | Should -BeExactly 'tr'
    }

    It 'is changed while it runs, and what is saved of it, by Set-OnionService; empty, each browser says it' {
        $room = Start-OnionChat -LocalOnly -Name 'changes' -Save
        $room.Language | Should -BeNullOrEmpty
        (Set-OnionService $room -Language FA -PassThru).Language | Should -BeExactly 'fa'
        "$((Get-Page $room).Headers['Content-Language'])" | Should -BeExactly 'fa'
        $room | Stop-OnionService
        (Restore-OnionService 'changes').Language | Should -BeExactly 'fa'
        (Set-OnionService 'changes' -Language '' -PassThru).Language | Should -BeNullOrEmpty
        "$((Get-Page (Get-OnionService 'changes')).Headers['Content-Language'])" | Should -BeExactly 'en'
        { Set-OnionService 'changes' -Language tlh -ErrorAction Stop } | Should -Throw "There are no pages in the language 'tlh'.*"
    }

    It 'is completed by its tag and by its names' {
        foreach ($typed in 'fa', 'Pers', 'فار') {
            $line = "Start-OnionChat -Language $typed"
            $match = (TabExpansion2 $line $line.Length).CompletionMatches
            $match.CompletionText | Should -BeExactly 'fa'
            $match.ToolTip | Should -BeExactly 'Persian (فارسی)'
        }

        (TabExpansion2 'Start-OnionShare -Language ' 27).CompletionMatches.Count | Should -Be 13
    }

    It 'is one there are pages in' {
        { Start-OnionChat -LocalOnly -Language tlh } | Should -Throw -ExpectedMessage "There are no pages in the language 'tlh'.*"
        Get-OnionService | Should -BeNullOrEmpty
    }
}
