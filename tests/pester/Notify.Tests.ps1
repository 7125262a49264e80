# -Notify with a stand-in for notify-send that writes down what it is asked.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
    $asked = Join-Path $place.Root 'asked.txt'
    $programs = (New-Item -ItemType Directory (Join-Path $place.Root 'programs')).FullName
    if ($IsLinux) {
        Set-Content (Join-Path $programs 'notify-send') "#!/bin/sh`nprintf '%s|' `"`$@`" >>'$asked'; echo >>'$asked'"
        chmod 755 (Join-Path $programs 'notify-send')
    }

    # Another session, whose own desktop this is.
    function Invoke-AtDesktop([string] $Script) {
        Invoke-Session "`$env:PATH = '${programs}:' + `$env:PATH; `$env:DISPLAY = ':0'; Import-Module '$PSScriptRoot/Support.psm1'; $Script; Wait-Until { (Test-Path '$asked') -and (Get-Content '$asked') } 'somebody is told'"
    }
}

AfterAll { Remove-TestHome $place }

Describe '-Notify' -Skip:(-not $IsLinux) {
    BeforeEach { Remove-Item $asked -ErrorAction Ignore }

    It 'tells on the desktop of a transfer that is over, without a name' {
        Invoke-AtDesktop "`$share = Start-OnionShare '$letter' -LocalOnly -Name secretname -KeepSharing -Notify; Save-Share `$share '$(Join-Path $place.Root 'one.txt')'"
        Get-Content $asked | Should -Be '--app-name=OnionShare|OnionShare|A download is complete: 8 B.|'
    }

    It 'goes with Register-OnionEvent, for the events that are chosen' {
        Invoke-AtDesktop "Register-OnionEvent -EventType State -Notify; Start-OnionChat -LocalOnly | Stop-OnionService; Wait-Until { (Get-Content '$asked') -match 'Stopped' } 'the end is told'"
        Get-Content $asked | Should -Contain '--app-name=OnionShare|OnionShare|A chat service is Running.|'
    }

    It 'is off without it' {
        $null = Invoke-Session "`$env:PATH = '${programs}:' + `$env:PATH; `$env:DISPLAY = ':0'; Import-Module '$PSScriptRoot/Support.psm1'; `$share = Start-OnionShare '$letter' -LocalOnly; Save-Share `$share '$(Join-Path $place.Root 'two.txt')'; `$share | Wait-OnionService"
        $asked | Should -Not -Exist
    }
}
