BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $others = $env:PATH, $env:HOME, $env:DISPLAY, $env:WAYLAND_DISPLAY
    $bin = (New-Item -ItemType Directory (Join-Path $place.Root 'bin')).FullName
    $opened = Join-Path $place.Root 'opened.txt'
    # Stands in for a program of the desktop: writes down what it was asked to open.
    function New-Opener([string] $Path, [int] $ExitCode = 0) {
        $null = New-Item -ItemType Directory (Split-Path $Path) -Force
        Set-Content $Path "#!/bin/sh`necho `"`$(basename `"`$0`") `$*`" >> '$opened'`nexit $ExitCode"
        chmod +x $Path
    }
    $env:PATH = "$bin`:/usr/bin:/bin"
    $env:HOME = $place.Root
    $env:DISPLAY, $env:WAYLAND_DISPLAY = ':0', $null
}

AfterAll {
    $env:PATH, $env:HOME, $env:DISPLAY, $env:WAYLAND_DISPLAY = $others
    Remove-TestHome $place
}

# The stand-ins are shell scripts where Linux looks for the programs.
Describe 'Open-OnionService' -Skip:(-not $IsLinux) {
    AfterEach {
        Stop-OnionService * -Force
        Remove-Item $opened, (Join-Path $bin xdg-open) -ErrorAction Ignore
    }

    It 'opens the folder of a service that receives, and its page on request' {
        New-Opener (Join-Path $bin xdg-open)
        $inbox = Start-OnionReceive (Join-Path $place.Root 'the inbox') -LocalOnly
        Open-OnionService
        Get-Content $opened | Should -Be "xdg-open $(Join-Path $place.Root 'the inbox')"
        $inbox | Open-OnionService -Page -InformationVariable said 6> $null
        (Get-Content $opened)[1] | Should -Be "xdg-open http://$($inbox.Address)"
        "$said" | Should -BeLike "*$($inbox.Password)"
    }

    It 'opens nothing with -WhatIf' {
        New-Opener (Join-Path $bin xdg-open)
        $null = Start-OnionReceive (Join-Path $place.Root 'inbox') -LocalOnly -Name in
        Open-OnionService in -WhatIf
        Open-OnionService in -Page -WhatIf
        $opened | Should -Not -Exist
    }

    It 'says what to do where nothing opens it, or what opens it fails' {
        $env:PATH = $bin
        try {
            $null = Start-OnionReceive (Join-Path $place.Root 'inbox') -LocalOnly -Name in
            Open-OnionService in -ErrorVariable problem -ErrorAction SilentlyContinue
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'NothingOpens,*'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*Get-ChildItem*'
        } finally { $env:PATH = "$bin`:/usr/bin:/bin" }
        New-Opener (Join-Path $bin xdg-open) -ExitCode 3
        Open-OnionService in -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NothingOpens,*'
    }

    It 'asks nobody to open anything where there is no screen' {
        New-Opener (Join-Path $bin xdg-open)
        $null = Start-OnionReceive (Join-Path $place.Root 'inbox') -LocalOnly -Name in
        $env:DISPLAY = $null
        try { Open-OnionService in -ErrorVariable problem -ErrorAction SilentlyContinue } finally { $env:DISPLAY = ':0' }
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NothingOpens,*'
        $opened | Should -Not -Exist
    }

    It 'opens an onion service in Tor Browser, without the password among the arguments, and in nothing else' {
        New-Opener (Join-Path $bin xdg-open)
        # Scheduled, it has its address and needs no tor yet.
        $later = Start-OnionChat -StartAt (Get-Date).AddHours(1)
        $later | Open-OnionService -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NothingOpens,*'
        $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*torproject.org*'
        $opened | Should -Not -Exist
        New-Opener (Join-Path $place.Root 'tor-browser/Browser/start-tor-browser')
        $later | Open-OnionService 6> $null
        Get-Content $opened | Should -Be "start-tor-browser --detach http://$($later.Address)"
    }
}
