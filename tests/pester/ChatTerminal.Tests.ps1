# Enter-OnionChat in a real terminal of 80 x 24, driven by its keys. Needs tmux: without it the tests are skipped, and say so.

BeforeDiscovery { $hasTerminal = [bool](Get-Command tmux -CommandType Application -ErrorAction Ignore) }

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $socket = "onionshare-$([guid]::NewGuid().ToString('N').Substring(0, 8))"

    function Invoke-Terminal { tmux -u -L $socket @args }
    function Get-Screen([switch] $Raw) { (Invoke-Terminal capture-pane -p -t room $(if ($Raw) { '-e' })) -join "`n" }
    function Send-Key([string[]] $Key) { Invoke-Terminal send-keys -t room @Key }
    function Send-Text([string] $Text) { Invoke-Terminal send-keys -t room -l $Text }
    function Wait-Screen([string] $Pattern) {
        $limit = [datetime]::Now.AddSeconds(60)
        while ((Get-Screen) -notmatch $Pattern) {
            if ([datetime]::Now -gt $limit) { throw "'$Pattern' did not appear:`n$(Get-Screen)" }
            Start-Sleep -Milliseconds 100
        }
    }
}

AfterAll {
    if (Get-Command tmux -CommandType Application -ErrorAction Ignore) { Invoke-Terminal kill-server 2>$null }
    Remove-TestHome $place
}

Describe 'A chat room in a terminal (skipped where there is no tmux)' -Skip:(-not $hasTerminal) {
    It 'keeps what is typed apart from what arrives, asks before a paste, and leaves the terminal as it was' {
        $room = Start-OnionChat -LocalOnly -Public
        $start = "Import-Module '$(Get-TestModule)'; stty -a > '$($place.Root)/before'; Enter-OnionChat $($room.Url) -LocalOnly -Name Ann; stty -a > '$($place.Root)/after'; 'left the ' + 'room'"
        Invoke-Terminal new-session -d -x 80 -y 24 -s room ([Environment]::ProcessPath) -NoProfile -NoExit -Command $start
        Wait-Screen 'You are Ann'

        Send-Text 'half typed'
        Wait-Screen '> half typed'
        'while you type' | Send-OnionMessage $room.Url -Name Bob -LocalOnly
        Wait-Screen '(?s)Bob: while you type.*Bob has left.*> half typed\s*$'
        Get-Screen -Raw | Should -Match "`e\[[0-9;]*m`e?.*Bob" -Because 'names are in colour'

        Send-Key Escape
        Send-Text '/who'
        Send-Key Enter
        Wait-Screen '1 here: Ann'
        Send-Text '/name Anna'
        Send-Key Enter
        Wait-Screen 'Ann is now Anna'

        Set-Content (Join-Path $place.Root 'paste') "first`nsecond`nthird" -NoNewline
        Invoke-Terminal load-buffer (Join-Path $place.Root 'paste')
        Invoke-Terminal paste-buffer -t room
        Wait-Screen 'You pasted 3 lines'
        Send-Text 'n'
        Wait-Screen 'Not sent'
        Get-Screen | Should -Not -Match 'Anna: first'
        Invoke-Terminal paste-buffer -t room
        Wait-Screen '(?s)You pasted 3 lines.*You pasted 3 lines'
        Send-Text 'y'
        Wait-Screen '(?s)Anna: first\s+second\s+third'

        Send-Text ('日本語' * 30 + '!')
        Wait-Screen '> [日本語]+!'
        Invoke-Terminal resize-window -t room -x 50 -y 24
        Send-Text '?'
        Wait-Screen '> [日本語]+!\?'
        ((Get-Screen) -split "`n" | Where-Object { $_ -match '^> ' }).Count | Should -Be 1 -Because 'the line is drawn anew when the window becomes narrower'

        Send-Key C-c
        Wait-Screen 'PS .*>\s*$'
        (Get-OnionService $room.Name).Members | Should -Be 0
        Send-Text "stty -a > '$($place.Root)/after'; 'still ' + 'here'"
        Send-Key Enter
        Wait-Screen 'still here'
        # The size of the window is another now; nothing else is.
        (Get-Content "$($place.Root)/after" | Select-Object -Skip 1) | Should -Be (Get-Content "$($place.Root)/before" | Select-Object -Skip 1)
        $room | Stop-OnionService
    }
}

Describe 'A chat room without a terminal' {
    It 'says what to use instead' {
        $told = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$(Get-TestModule)'; Enter-OnionChat http://127.0.0.1:9 -LocalOnly" 2>&1 | Out-String
        $told | Should -Match 'terminal'
    }
}

Describe 'A password that nobody can be asked for' {
    It 'is an error, not a prompt' {
        $share = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly
        $told = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$(Get-TestModule)'; Get-OnionFile http://$($share.Address) -LocalOnly" 2>&1 | Out-String
        $told | Should -Match 'asks for a password'
        $told | Should -Match '-Password'
        $share | Stop-OnionService
    }

    It 'is asked for unseen where there is a person (skipped where there is no tmux)' -Skip:(-not $hasTerminal) {
        $share = Start-OnionShare (Join-Path $place.Files 'letter.txt') -LocalOnly -Password 'quiet-word-here'
        Invoke-Terminal new-session -d -x 80 -y 24 -s room2 ([Environment]::ProcessPath) -NoProfile -NoExit -Command "Import-Module '$(Get-TestModule)'; Get-OnionFile http://$($share.Address) -LocalOnly | ForEach-Object Path"
        $limit = [datetime]::Now.AddSeconds(60)
        while ((Invoke-Terminal capture-pane -p -t room2 | Out-String) -notmatch 'Password of' -and [datetime]::Now -lt $limit) { Start-Sleep -Milliseconds 100 }
        Invoke-Terminal send-keys -t room2 -l 'quiet-word-here'
        Invoke-Terminal send-keys -t room2 Enter
        while (($screen = Invoke-Terminal capture-pane -p -t room2 | Out-String) -notmatch 'letter\.txt' -and [datetime]::Now -lt $limit) { Start-Sleep -Milliseconds 100 }
        $screen | Should -Match 'letter\.txt'
        $screen | Should -Not -Match 'quiet'
        $share | Stop-OnionService
    }
}
