BeforeDiscovery {
    $elsewhere = -not $IsLinux
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $config = Join-Path $place.Root 'config'
    $units = Join-Path $config 'systemd/user'
    $fakes = Join-Path $place.Root 'fakes'
    $calls = Join-Path $place.Root 'calls'
    $path = $env:PATH
    $WarningPreference = 'SilentlyContinue'
    $oldConfig = $env:XDG_CONFIG_HOME
    $inbox = Join-Path $place.Root "in 'box' 100% `$HOME"
    $null = New-Item -ItemType Directory $inbox, $fakes
    Start-OnionReceive -Path $inbox -LocalOnly -Name inbox -Save -Detach | Stop-OnionService
    $hostile = "it's 100% `"fine`"; `$HOME \ %h & é☂"
    Start-OnionShare $place.Files -LocalOnly -Name $hostile -Save -Detach | Stop-OnionService

    # Stands in for systemd's program: writes down what it is asked, links what is enabled, and fails where a test wants it to.
    function Set-FakeScheduler([string] $FailsAt = 'nothing', [string] $Linger = 'yes') {
        $links = 'case "$unit" in *.timer) wants="$FOLDER/timers.target.wants" ;; *) wants="$FOLDER/default.target.wants" ;; esac'
        Set-Content -LiteralPath (Join-Path $fakes systemctl) @"
#!/bin/sh
FOLDER='$units'
printf '%s|' "`$@" >> '$calls'; echo >> '$calls'
for unit; do :; done
case " `$* " in *' $FailsAt '*) echo 'Failed to connect to bus: No medium found' >&2; exit 1 ;; esac
$links
case " `$* " in
  *' enable '*) mkdir -p "`$wants" && ln -sf "`$FOLDER/`$unit" "`$wants/`$unit" ;;
  *' disable '*) rm -f "`$wants/`$unit" ;;
esac
exit 0
"@
        Set-Content -LiteralPath (Join-Path $fakes loginctl) "#!/bin/sh`necho $Linger"
        & /bin/chmod +x (Join-Path $fakes systemctl) (Join-Path $fakes loginctl)
        Remove-Item -LiteralPath $calls -ErrorAction Ignore
    }

    if ($IsLinux) {
        $env:XDG_CONFIG_HOME = $config
        Set-FakeScheduler
        $env:PATH = "$fakes$([IO.Path]::PathSeparator)$path"
    }

    # Runs the command of a unit as systemd would: its words, its variables. The quoting of these units is that of C.
    function Invoke-UnitCommand([string] $Unit) {
        $text = Get-Content -Raw -LiteralPath $Unit -ErrorAction Stop
        $words = { param($line) [regex]::Matches($line, '"((?:[^"\\]|\\.)*)"').ForEach({ ($_.Groups[1].Value -replace '\\(["\\])', '$1').Replace('%%', '%') }) }
        $command = & $words ([regex]::Match($text, '(?m)^ExecStart=(.*)$').Groups[1].Value)
        $start = [Diagnostics.ProcessStartInfo]::new($command[0])
        $start.RedirectStandardError = $start.RedirectStandardOutput = $true
        $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_.Replace('$$', '$')) }
        $start.Environment.Remove('ONIONSHARE_HOME')
        foreach ($variable in [regex]::Matches($text, '(?m)^Environment=(.*)$')) {
            $name, $value = (& $words $variable.Groups[1].Value) -split '=', 2
            $start.Environment[$name] = $value
        }
        $process = [Diagnostics.Process]::Start($start)
        $errors = $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit(60000)) { $process.Kill(); throw 'The command of the unit did not end.' }
        [pscustomobject]@{ ExitCode = $process.ExitCode; Words = $errors.Result.Trim() }
    }
}

AfterAll {
    $env:PATH = $path
    $env:XDG_CONFIG_HOME = $oldConfig
    Remove-TestHome $place
}

Describe 'Register-OnionScheduledTask' -Skip:$elsewhere {
    BeforeEach { Set-FakeScheduler }
    AfterEach { Set-FakeScheduler; Unregister-OnionScheduledTask * }

    It 'writes a unit and a timer, and has them enabled' {
        $task = Register-OnionScheduledTask 'Open' inbox -Weekly -At 9:00 -DaysOfWeek Friday, Monday
        $task.Id | Should -Be 'onionshare-task-open.timer'
        $task.Schedule | Should -Be 'weekly on Mon, Fri at 09:00'
        $task.Files | Should -Be (Join-Path $units 'onionshare-task-open.service'), (Join-Path $units 'onionshare-task-open.timer')
        Get-Content -LiteralPath $task.Files[1] | Should -Contain 'OnCalendar=Mon,Fri *-*-* 09:00:00'
        Get-Content -LiteralPath $calls | Select-Object -Last 1 | Should -Be '--user|--no-ask-password|enable|--now|onionshare-task-open.timer|'
        (Get-ChildItem -LiteralPath $units -File).ForEach({ "$($_.UnixMode)" }) | Select-Object -Unique | Should -Be '-rw-------'
    }

    It 'gives the engine a unit of its own, in a sandbox that may write to the inbox' {
        $null = Register-OnionScheduledTask open inbox -AtStartup
        $engine = Get-ChildItem $units -Filter onionshare-engine*.service
        $lines = Get-Content -LiteralPath $engine
        foreach ($limit in 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'UMask=0077', 'RestrictNamespaces=yes', 'Type=notify') { $lines | Should -Contain $limit }
        $lines | Should -Contain "ReadWritePaths=`"-$($inbox.Replace('%', '%%'))`""
        Get-Content -LiteralPath (Join-Path $units onionshare-task-open.service) | Should -Contain "Requires=$($engine.Name)"
    }

    It 'shows the very text with -WhatIf, and writes nothing' {
        $said = Invoke-Session "Register-OnionScheduledTask '$($hostile.Replace("'", "''"))' inbox -Daily -At 9:00 -WhatIf"
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
        Get-Content -LiteralPath $calls -ErrorAction Ignore | Should -BeNullOrEmpty
        $task = Register-OnionScheduledTask $hostile inbox -Daily -At 9:00
        foreach ($file in @($task.Files) + (Get-ChildItem $units -Filter onionshare-engine*).FullName) {
            $said | Should -BeLike "*--- $([WildcardPattern]::Escape($file))*"
            $said.Contains((Get-Content -Raw -LiteralPath $file).Trim()) | Should -BeTrue -Because $file
        }
    }

    It 'starts and stops a service whatever its name, by the very command of its unit' {
        $start = Register-OnionScheduledTask "start $hostile" $hostile -AtLogOn
        $stop = Register-OnionScheduledTask "stop $hostile" $hostile -AtLogOn -Action Stop
        Get-OnionService | Should -BeNullOrEmpty
        $answer = Invoke-UnitCommand $start.Files[0]
        $answer.ExitCode | Should -Be 0 -Because $answer.Words
        (Get-OnionService).Name | Should -BeExactly $hostile
        (Get-OnionService).State | Should -Be Running
        (Invoke-UnitCommand $start.Files[0]).ExitCode | Should -Be 0
        $answer = Invoke-UnitCommand $stop.Files[0]
        $answer.ExitCode | Should -Be 0 -Because $answer.Words
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'brings up a service with no engine and no PowerShell there' {
        $start = Register-OnionScheduledTask open inbox -AtStartup
        $before = (Get-OnionEngine).ProcessId
        Stop-OnionEngine -Force
        Wait-Until { -not (Get-Process -Id $before -ErrorAction Ignore) } 'the engine ends'
        $answer = Invoke-UnitCommand $start.Files[0]
        $answer.ExitCode | Should -Be 0 -Because $answer.Words
        (Get-OnionService inbox).Lifetime | Should -Be Detached
        Stop-OnionService inbox
    }

    It 'warns where systemd keeps the units only as long as a login' {
        Set-FakeScheduler -Linger no
        Register-OnionScheduledTask a inbox -Daily -At 9:00 -WarningVariable words -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        "$words" | Should -BeLike '*only while you are logged in*loginctl enable-linger*'
        Set-FakeScheduler -Linger yes
        Register-OnionScheduledTask b inbox -AtStartup -WarningVariable none | Should -Not -BeNullOrEmpty
        $none | Should -BeNullOrEmpty
    }

    It 'refuses a service that is not saved, and says how to save it' {
        { Register-OnionScheduledTask x nobody -AtLogOn } | Should -Throw "No saved service is named 'nobody'*"
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'SavedNotFound,*'
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*Save-OnionService*Nothing was registered.'
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
    }

    It 'refuses a name that is there, in any case, unless with -Force' {
        $null = Register-OnionScheduledTask open inbox -Daily -At 9:00
        { Register-OnionScheduledTask OPEN inbox -AtLogOn } | Should -Throw "There is a task named 'open' already: it starts 'inbox' daily at 09:00.*"
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'TaskInUse,*'
        $null = Register-OnionScheduledTask OPEN inbox -AtLogOn -Force
        (Get-OnionScheduledTask).Schedule | Should -Be 'at logon'
        (Get-ChildItem $config -Recurse -Filter *.timer) | Should -BeNullOrEmpty
    }

    It 'says that there is no systemd, and leaves nothing behind' {
        Set-FakeScheduler -FailsAt show
        { Register-OnionScheduledTask x inbox -AtLogOn } | Should -Throw 'There is no systemd for your user here: systemctl --user says: Failed to connect to bus: No medium found.*'
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'SchedulerNotFound,*'
        $Error[0].CategoryInfo.Category | Should -Be NotInstalled
        $Error[0].ErrorDetails.RecommendedAction | Should -BeLike '*Nothing was registered.'
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
        $env:PATH = Join-Path $place.Root nowhere
        try { { Register-OnionScheduledTask x inbox -AtLogOn } | Should -Throw '*systemctl can''t be run*' }
        finally { $env:PATH = "$fakes$([IO.Path]::PathSeparator)$path" }
    }

    It 'leaves nothing behind where systemd does not take it' {
        Set-FakeScheduler -FailsAt enable
        { Register-OnionScheduledTask x inbox -Daily -At 9:00 } | Should -Throw "systemd did not enable 'onionshare-task-x.timer': *"
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'SchedulerRefused,*'
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
    }

    It 'says so when the task that was to be replaced is gone' {
        $null = Register-OnionScheduledTask x inbox -Daily -At 9:00
        Set-FakeScheduler -FailsAt enable
        { Register-OnionScheduledTask x inbox -AtLogOn -Force } | Should -Throw '*Nothing was registered, and the old task, which ran daily at 09:00, is gone.'
        Get-OnionScheduledTask | Should -BeNullOrEmpty
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
    }

    It 'refuses a name that can''t be seen' {
        { Register-OnionScheduledTask "a`nb" inbox -AtLogOn } | Should -Throw '*a\u{A}b*'
        $Error[0].FullyQualifiedErrorId | Should -BeLike 'NotSchedulable,*'
    }

    It 'asks for the days of a week' {
        (Get-Command Register-OnionScheduledTask).ParameterSets.Where({ $_.Name -eq 'Weekly' }).Parameters.Where({ $_.IsMandatory }).Name |
            Sort-Object | Should -Be At, DaysOfWeek, Name, Service, Weekly
    }

    It 'is checked by systemd itself' -Skip:(-not (Get-Command systemd-analyze -ErrorAction Ignore)) {
        $task = Register-OnionScheduledTask $hostile $hostile -Daily -At 9:00
        $env:XDG_RUNTIME_DIR = $place.Root
        try { $said = & systemd-analyze verify --user --man=no $task.Files[0] $task.Files[1] 2>&1 }
        finally { Remove-Item Env:XDG_RUNTIME_DIR }
        $said | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Be 0
    }
}

Describe 'Get-OnionScheduledTask' -Skip:$elsewhere {
    BeforeAll {
        Set-FakeScheduler
        $null = Register-OnionScheduledTask 'plan [1]' inbox -Daily -At 9:00
        $null = Register-OnionScheduledTask 'plan 1' $hostile -AtLogOn -Action Stop
    }

    AfterAll { Unregister-OnionScheduledTask * }

    It 'gives all tasks, by name' { (Get-OnionScheduledTask).Name | Should -Be 'plan 1', 'plan [1]' }
    It 'takes a name as it is written first' { (Get-OnionScheduledTask 'plan [1]').Service | Should -Be inbox }
    It 'takes wildcards' { (Get-OnionScheduledTask 'plan*').Count | Should -Be 2 }
    It 'reads back what was registered' {
        $task = Get-OnionScheduledTask 'plan 1'
        $task.Service | Should -BeExactly $hostile
        "$($task.Action) $($task.Trigger) $($task.Enabled) $($task.NextRun)" | Should -Be 'Stop AtLogOn True '
    }

    It 'says when it runs next' {
        $next = (Get-OnionScheduledTask 'plan [1]').NextRun
        $next | Should -BeGreaterThan (Get-Date)
        $next | Should -BeLessThan (Get-Date).AddHours(24.1)
        $next.ToString('HH:mm') | Should -Be '09:00'
    }

    It 'reports a name that is not there' {
        Get-OnionScheduledTask nobody -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'TaskNotFound,*'
    }

    It 'passes over units of others' {
        Set-Content -LiteralPath (Join-Path $units onionshare-task-other.service) "[Service]`nExecStart=/bin/true"
        (Get-OnionScheduledTask).Count | Should -Be 2
        Remove-Item -LiteralPath (Join-Path $units onionshare-task-other.service)
    }

    It 'renders as a table and as a list' {
        Get-OnionScheduledTask | Out-String -Width 160 | Should -Match 'Name +Service +Action +Schedule +NextRun +Enabled'
        Get-OnionScheduledTask 'plan [1]' | Format-List | Out-String -Width 200 | Should -Match 'Id +: onionshare-task-plan-1_[0-9a-f]{10}\.timer'
    }
}

Describe 'Unregister-OnionScheduledTask' -Skip:$elsewhere {
    BeforeEach {
        Set-FakeScheduler
        $null = Register-OnionScheduledTask 'a*' inbox -Daily -At 9:00
        $null = Register-OnionScheduledTask ab inbox -AtLogOn
    }

    AfterEach { Set-FakeScheduler; Unregister-OnionScheduledTask * }

    It 'takes away one task, its files, and with the last one the engine''s unit' {
        Get-OnionScheduledTask 'a*' | Unregister-OnionScheduledTask
        (Get-OnionScheduledTask).Name | Should -Be ab
        Get-ChildItem $units -Filter onionshare-engine* | Should -Not -BeNullOrEmpty
        Unregister-OnionScheduledTask ab
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
        Get-Content -LiteralPath $calls | Should -Contain '--user|--no-ask-password|disable|onionshare-task-ab.service|'
    }

    It 'takes away nothing with -WhatIf' {
        Unregister-OnionScheduledTask * -WhatIf
        @(Get-OnionScheduledTask).Count | Should -Be 2
    }

    It 'reports what the scheduler refuses; the task is still there' {
        Set-FakeScheduler -FailsAt disable
        Unregister-OnionScheduledTask ab -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'SchedulerRefused,*'
        $problem[0].TargetObject.Name | Should -Be ab
        (Get-OnionScheduledTask ab).Enabled | Should -BeTrue
    }
}

Describe 'The example for systemd' -Skip:$elsewhere {
    BeforeEach { Set-FakeScheduler -Linger no }

    It 'registers opening and closing hours, and takes them away' {
        $example = Join-Path $PSScriptRoot '../../examples/scheduled-systemd.ps1'
        $folder = Join-Path $place.Root 'example'
        $WarningPreference = 'Continue'
        $said = & $example -Path $folder -Opens 8:30 -Closes 17:00 -LocalOnly *>&1 | Out-String -Width 200
        $said | Should -Match 'loginctl enable-linger'
        (Get-OnionScheduledTask 'office inbox*').Schedule | Should -Be 'weekly on Mon-Fri at 17:00', 'weekly on Mon-Fri at 08:30'
        (Get-OnionService -Saved 'office inbox').Paths | Should -Be $folder
        (Invoke-UnitCommand (Get-OnionScheduledTask 'office inbox opens').Files[0]).ExitCode | Should -Be 0
        (Get-OnionService 'office inbox').State | Should -Be Running
        (Invoke-UnitCommand (Get-OnionScheduledTask 'office inbox closes').Files[0]).ExitCode | Should -Be 0
        Get-OnionService | Should -BeNullOrEmpty

        & $example -Remove *>&1 | Out-Null
        Get-OnionScheduledTask | Should -BeNullOrEmpty
        Get-ChildItem $config -Recurse -File | Should -BeNullOrEmpty
    }
}

Describe 'The example for Windows' {
    It 'is valid PowerShell and says where it belongs' -Skip:$IsWindows {
        { & (Join-Path $PSScriptRoot '../../examples/scheduled-windows.ps1') -Path $place.Root } | Should -Throw '*scheduled-systemd.ps1*'
        Get-OnionScheduledTask | Should -BeNullOrEmpty
    }
}
