BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $letter = Join-Path $place.Files 'letter.txt'
    $inbox = Join-Path $place.Root 'inbox'

    # The events of a subscription without action, taken out of the queue. PowerShell may put two of the same moment into it the wrong
    # way round; their numbers are right.
    function Receive-Events([string] $Source) {
        Get-Event -SourceIdentifier $Source -ErrorAction Ignore | Sort-Object EventIdentifier |
            ForEach-Object { $_.SourceEventArgs; $_ | Remove-Event }
    }
}

AfterAll { Remove-TestHome $place }

Describe 'Register-OnionEvent' {
    AfterEach {
        Get-EventSubscriber -Force | Unregister-Event -Force
        Get-Event | Remove-Event
        Get-Job | Remove-Job -Force
        Stop-OnionService * -Force
    }

    It 'runs an action for an upload, with the service and the local path' {
        $service = Start-OnionReceive $inbox -LocalOnly -Name inbox
        $heard = [System.Collections.Concurrent.ConcurrentQueue[object]]::new()
        $job = Register-OnionEvent inbox -EventType Transfer -MessageData $heard -Action { $Event.MessageData.Enqueue($EventArgs) }
        $job | Should -BeOfType System.Management.Automation.PSEventJob
        Send-Upload $service $letter | Should -Be 200
        Wait-Until { $heard.Count -eq 2 } 'begin and end were told'
        $all = $heard.ToArray() | Sort-Object Time
        $all[0] | Should -BeOfType OnionShare.OnionEventArgs
        $all.Type | Should -Be 'Transfer', 'Transfer'
        $all.Transfer.State | Should -Be 'Active', 'Completed'
        $all[1].Service | Should -BeOfType OnionShare.OnionService
        $all[1].Service.Name | Should -Be 'inbox'
        Get-Content -Raw $all[1].Transfer.Path | Should -BeExactly 'a letter'
        $all[1].Message | Should -BeLike "'inbox': Upload of letter.txt is complete, 8 B"
        $job.State | Should -Be 'Running'
    }

    It 'queues states in their order, of services that come later, too' {
        Register-OnionEvent 'la*' -EventType State -SourceIdentifier states -WarningAction Stop
        Start-OnionChat -LocalOnly -Name other | Out-Null
        Start-OnionChat -LocalOnly -Name later | Stop-OnionService
        Wait-Until { (Get-Event -SourceIdentifier states -ErrorAction Ignore).SourceEventArgs.Service.State -contains 'Stopped' } 'the end is told'
        $events = Receive-Events states
        $events.Service.Name | Sort-Object -Unique | Should -Be 'later'
        $events.Service.State[-1] | Should -Be 'Stopped'
        $events.Service.State | Should -Contain 'Running'
        $events | Out-String | Should -Match "State +'later' is Running\."
    }

    It 'tells nothing of what was before' {
        Start-OnionChat -LocalOnly -Name before | Out-Null
        Register-OnionEvent -SourceIdentifier after
        Start-OnionChat -LocalOnly -Name now | Out-Null
        Wait-Until { (Get-Event -SourceIdentifier after -ErrorAction Ignore).SourceEventArgs.Service.State -contains 'Running' } 'it is told'
        (Receive-Events after).Service.Name | Sort-Object -Unique | Should -Be 'now'
    }

    It 'takes services from the pipeline, and with an empty pipeline subscribes to nothing' {
        $one = Start-OnionChat -LocalOnly -Name one
        $one | Register-OnionEvent -SourceIdentifier one
        Get-OnionService x* | Register-OnionEvent -SourceIdentifier none
        (Get-EventSubscriber).SourceIdentifier | Should -Be 'one'
        "$((Get-EventSubscriber).SourceObject)" | Should -Be "State, Transfer, Warning of $($one.Id)"
    }

    It 'warns of a name no service has so far' {
        Register-OnionEvent nobody -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -Be "No service is named 'nobody' so far."
    }

    It 'listens from the subscription to Unregister-Event, and tells nothing afterwards' {
        Register-OnionEvent -SourceIdentifier brief
        $source = (Get-EventSubscriber -SourceIdentifier brief).SourceObject
        $source.IsListening | Should -BeTrue
        Unregister-Event brief
        $source.IsListening | Should -BeFalse
        Register-OnionEvent -SourceIdentifier control
        Start-OnionChat -LocalOnly | Out-Null
        Wait-Until { Get-Event -SourceIdentifier control -ErrorAction Ignore } 'another subscription is told'
        Get-Event -SourceIdentifier brief -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'listens until the last of its subscribers has left' {
        Register-OnionEvent -SourceIdentifier first
        $source = (Get-EventSubscriber -SourceIdentifier first).SourceObject
        Register-ObjectEvent $source Occurred -SourceIdentifier second
        Unregister-Event first
        $source.IsListening | Should -BeTrue
        Unregister-Event second
        $source.IsListening | Should -BeFalse
    }

    It 'ends by itself with -MaxTriggerCount' {
        Register-OnionEvent -EventType State -SourceIdentifier once -MaxTriggerCount 1
        $source = (Get-EventSubscriber -SourceIdentifier once).SourceObject
        Start-OnionChat -LocalOnly | Out-Null
        Wait-Until { -not $source.IsListening } 'the subscription has ended'
        # PowerShell counts events on several threads, so those of the same instant may come with the one asked for; later ones may not.
        $events = @(Get-Event -SourceIdentifier once).Count
        $events | Should -BeIn 1, 2, 3
        Start-OnionChat -LocalOnly | Out-Null
        @(Get-Event -SourceIdentifier once).Count | Should -Be $events
    }

    It 'hides a subscription with -SupportEvent' {
        Register-OnionEvent -SourceIdentifier hidden -SupportEvent -Action { }
        Get-EventSubscriber | Should -BeNullOrEmpty
        (Get-EventSubscriber -Force).SourceIdentifier | Should -Be 'hidden'
    }

    It 'refuses -Forward with -Action, and a name that is taken' {
        { Register-OnionEvent -Forward -Action { } -ErrorAction Stop } | Should -Throw '*forward*'
        Register-OnionEvent -SourceIdentifier twice
        { Register-OnionEvent -SourceIdentifier twice -ErrorAction Stop } | Should -Throw '*twice*'
        (Get-EventSubscriber).Count | Should -Be 1
    }

    It 'tells that a service is down when the engine is killed, and goes on with the next engine' {
        Register-OnionEvent phoenix -EventType State -SourceIdentifier phoenix -WarningAction SilentlyContinue
        Start-OnionChat -LocalOnly -Name phoenix | Out-Null
        Wait-Until { (Get-Event -SourceIdentifier phoenix -ErrorAction Ignore).SourceEventArgs.Service.State -contains 'Running' } 'it runs'
        $null = Receive-Events phoenix
        (Get-Process -Id (Get-OnionEngine).ProcessId).Kill()
        Wait-Until { Get-Event -SourceIdentifier phoenix -ErrorAction Ignore } 'the end is told'
        $end = Receive-Events phoenix
        $end.Service.State | Should -Be 'Failed'
        $end.Message | Should -BeLike '*The engine ended*'
        Start-OnionChat -LocalOnly -Name phoenix | Out-Null
        Wait-Until { (Get-Event -SourceIdentifier phoenix -ErrorAction Ignore).SourceEventArgs.Service.State -contains 'Running' } 'the next is told'
    }

    It 'stops listening when its session is closed without a word' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$(Get-TestModule)'; `$null = Register-OnionEvent -Action { }; (Get-EventSubscriber).SourceObject")
        $source = $shell.Invoke()[0]
        $source.IsListening | Should -BeTrue
        $shell.Dispose()
        Wait-Until { -not $source.IsListening } 'nobody listens'
    }

    It 'keeps no session from ending' {
        Invoke-Session "`$null = Register-OnionEvent -Action { }; 'done'" | Should -Be 'done'
    }
}
