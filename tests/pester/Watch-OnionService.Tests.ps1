# The live view: as lines where nobody looks, and at a terminal, which it leaves as it was.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $shell = (Get-Process -Id $PID).Path
    $manifest = Get-TestModule

    # At a terminal of 80 columns and 24 rows (util-linux script); the keys are typed one after the other. Gives all that was written to it.
    function Watch-AtTerminal([string[]] $Keys, [string] $Before = '') {
        $start = [Diagnostics.ProcessStartInfo]::new('script')
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $code = "$Before; Import-Module '$manifest'; stty cols 80 rows 24; stty -g; Watch-OnionService; stty -g; 'still here'; [AppDomain]::CurrentDomain.GetAssemblies().GetName().Name -match 'Spectre'; exit"
        foreach ($part in '-qec', "'$shell' -NoProfile -NoLogo -Command `"$code`"", '/dev/null') { $start.ArgumentList.Add($part) }
        $start.Environment['TERM'] = 'xterm-256color'
        $process = [Diagnostics.Process]::Start($start)
        $all = [Text.StringBuilder]::new()
        $buffer = [char[]]::new(65536)
        $read = $process.StandardOutput.ReadAsync($buffer, 0, $buffer.Length)
        $waitFor = '(?s)\e\[\?1049h.*seen.*quit'
        while ($true) {
            if (-not $read.Wait(60000)) { $process.Kill($true); throw "The terminal is silent: $all" }
            if ($read.Result -eq 0) { break }
            $null = $all.Append($buffer, 0, $read.Result)
            $read = $process.StandardOutput.ReadAsync($buffer, 0, $buffer.Length)
            # The next key when what the last one asked for is to be seen.
            if ($Keys -and "$all" -match $waitFor) {
                $key, $waitFor = $Keys[0] -split '→', 2
                $Keys = @($Keys | Select-Object -Skip 1)
                $process.StandardInput.Write($key)
                $process.StandardInput.Flush()
            }
        }
        $process.WaitForExit()
        "$all"
    }
}

AfterAll { Remove-TestHome $place }

Describe 'Watch-OnionService in a pipe' {
    AfterEach { Stop-OnionService * }

    It 'gives lines: each service with its link, what starts later, and transfers' {
        $share = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -KeepSharing -Name first
        $lines = [Collections.Generic.List[string]]::new()
        Watch-OnionService | ForEach-Object {
            $lines.Add($_)
            if ($_ -match "'first': http") { $null = Start-OnionChat -LocalOnly -Name later }
            if ($_ -match "'later': http") { Save-Share $share (Join-Path $place.Root 'got.txt') }
            if ($_ -match 'is complete') { $_ }
        } | Select-Object -First 1 | Should -Match "^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 'first': Download of letter\.txt is complete, 8 B$"
        $lines -join "`n" | Should -Match ([regex]::Escape("'first': $($share.Url)"))
    }
}

Describe 'Watch-OnionService at a terminal' -Skip:(-not $IsLinux -or -not (Get-Command script -ErrorAction Ignore)) {
    AfterEach { Stop-OnionService * }

    It 'draws the services, ends with <Name>, and leaves the terminal as it was with nothing loaded in the session' -ForEach @(
        @{ Name = 'q'; Keys = 'q' }
        @{ Name = 'Ctrl+C'; Keys = "$([char]3)" }
    ) {
        $share = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -KeepSharing -Name seen
        $screen = Watch-AtTerminal $Keys
        $screen | Should -Match ([regex]::Escape($share.Url))
        $screen | Should -Match '(?s)\e\[\?1049h.*seen.*\e\[\?25h\e\[\?1049l.*still here'
        $screen | Should -Not -Match 'Spectre'
        $modes = [regex]::Matches($screen, '[0-9a-f]+(:[0-9a-f]+){10,}')
        $modes.Count | Should -Be 2
        $modes[1].Value | Should -Be $modes[0].Value
    }

    It 'shows the QR code, and stops a service after a question' {
        $null = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -KeepSharing -Name seen
        $screen = Watch-AtTerminal 'r→any key to go back', 'x→(?s)go back.*Name.*quit', 's→Stop ''seen''\?', 'y→is Stopped', 'q'
        $screen | Should -Match '█▄'
        $screen | Should -Match "'seen' is Stopped \(Requested\)"
        Get-OnionService | Should -BeNullOrEmpty
    }
}
