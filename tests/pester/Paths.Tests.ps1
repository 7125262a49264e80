# What may be given to the commands that take files and folders, and what becomes of it: each form was decided on purpose.
BeforeDiscovery {
    $cultures = 'fa-IR', 'th-TH', 'ar-SA', 'tr-TR', 'de-DE' | ForEach-Object { @{ Culture = $_ } }
    $forms = @(
        @{ Form = 'a FileInfo'; Action = { Get-Item letter.txt | Start-OnionShare -LocalOnly }; Names = 'letter.txt' }
        @{ Form = 'a DirectoryInfo'; Action = { Get-Item sub | Start-OnionShare -LocalOnly }; Names = 'sub' }
        @{ Form = 'an item whose name is a pattern'; Action = { Get-Item -LiteralPath 'plan [1].txt' | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'an item whose name is a pattern, as an argument'; Action = { Start-OnionShare (Get-Item -LiteralPath 'plan [1].txt') -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'several items as an argument'; Action = { Start-OnionShare (Get-ChildItem -File) -LocalOnly }; Names = 'letter.txt', 'plan [1].txt', 'plan 1.txt' }
        @{ Form = 'a PathInfo'; Action = { Resolve-Path -LiteralPath 'plan [1].txt' | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'a PathInfo as an argument'; Action = { Start-OnionShare (Resolve-Path -LiteralPath 'plan [1].txt') -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'a text'; Action = { 'letter.txt' | Start-OnionShare -LocalOnly }; Names = 'letter.txt' }
        @{ Form = 'a text with a wildcard'; Action = { 'plan*' | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt', 'plan 1.txt' }
        @{ Form = 'names of Get-ChildItem -Name'; Action = { Get-ChildItem -Name l* | Start-OnionShare -LocalOnly }; Names = 'letter.txt' }
        @{ Form = 'matches of Select-String'; Action = { Select-String plan plan*.txt | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt', 'plan 1.txt' }
        @{ Form = 'rows of Import-Csv'; Action = { "Path,Note`nplan [1].txt,x`nletter.txt,y" | ConvertFrom-Csv | Start-OnionShare -LocalOnly }; Names = 'letter.txt', 'plan [1].txt' }
        @{ Form = 'objects with FullName'; Action = { New-Object PSObject -Property @{ FullName = (Join-Path $PWD 'plan [1].txt') } | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'objects with PSPath'; Action = { Get-Item -LiteralPath 'plan [1].txt' | Select-Object PSPath | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'items that were serialized'; Action = { Get-Item -LiteralPath 'plan [1].txt' | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) } | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'one item as -LiteralPath'; Action = { Start-OnionShare -LiteralPath 'plan [1].txt' -LocalOnly }; Names = 'plan [1].txt' }
        @{ Form = 'a parameter and a pipeline'; Action = { Get-Item sub | Start-OnionShare letter.txt -LocalOnly }; Names = 'letter.txt', 'sub' }
        @{ Form = 'one thing twice'; Action = { 'letter.txt', (Get-Item letter.txt) | Start-OnionShare -LocalOnly }; Names = 'letter.txt' }
        @{ Form = 'a path of a drive of PowerShell'; Action = { $null = New-PSDrive Here FileSystem $PWD; 'Here:/letter.txt' | Start-OnionShare -LocalOnly; Remove-PSDrive Here }; Names = 'letter.txt' }
        @{ Form = 'a list in the pipeline'; Action = { , @('letter.txt', 'sub') | Start-OnionShare -LocalOnly }; Names = 'letter.txt', 'sub' }
        @{ Form = 'matches of a pattern that -Exclude filtered'; Action = { Get-ChildItem * -File -Exclude plan* | Start-OnionShare -LocalOnly }; Names = 'letter.txt' }
        @{ Form = 'selected properties'; Action = { Get-Item -LiteralPath 'plan [1].txt' | Select-Object FullName, Length | Start-OnionShare -LocalOnly }; Names = 'plan [1].txt' }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $site = Join-Path $place.Root 'site'
    $null = New-Item -ItemType Directory (Join-Path $site 'deep'), (Join-Path $site 'only')
    foreach ($file in 'top.txt', 'deep/pub.txt', 'deep/id.key', 'only/id2.key') { Set-Content (Join-Path $site $file) $file }
    Push-Location $place.Files

    # The error of an action that reports one and goes on, which must not have started anything.
    function Get-Complaint([scriptblock] $Action) {
        $ErrorActionPreference = 'Continue'
        $given = try { & $Action 2>&1 } catch { $_ }
        @($given | Where-Object { $_ -is [OnionShare.OnionService] }) | Should -BeNullOrEmpty
        @($given | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
    }

    # The names in what a visitor downloads.
    function Get-SharedName($Service) {
        $zip = Join-Path $place.Root "$([Guid]::NewGuid()).zip"
        Save-Share $Service $zip
        $archive = [IO.Compression.ZipFile]::OpenRead($zip)
        try { $archive.Entries.FullName | Sort-Object } finally { $archive.Dispose() }
    }
}

AfterAll {
    Pop-Location
    Remove-TestHome $place
}

Describe 'What Start-OnionShare takes' {
    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It '<Form>' -ForEach $forms {
        $service = @(& $Action)
        $service.Count | Should -Be 1
        $service[0].Paths | Split-Path -Leaf | Sort-Object | Should -Be ($Names | Sort-Object)
    }

    It 'refuses <Form>, publishes nothing, and says what to give' -ForEach @(
        @{ Form = 'a number among files'; Action = { 5, (Get-Item letter.txt) | Start-OnionShare -LocalOnly }; Id = 'NoPath' }
        @{ Form = 'null among files'; Action = { (Get-Item letter.txt), $null | Start-OnionShare -LocalOnly }; Id = 'NoPath' }
        @{ Form = 'an object without a path'; Action = { [pscustomobject]@{ Name = 'letter.txt' } | Start-OnionShare -LocalOnly }; Id = 'NoPath' }
        @{ Form = 'an empty text'; Action = { '', 'letter.txt' | Start-OnionShare -LocalOnly }; Id = 'NoPath' }
        @{ Form = 'a missing path among files'; Action = { 'letter.txt', 'nowhere' | Start-OnionShare -LocalOnly }; Id = 'PathNotFound' }
        @{ Form = 'a pattern that fits nothing'; Action = { Start-OnionShare letter.txt, '*.nothing' -LocalOnly }; Id = 'PathNotFound' }
        @{ Form = 'an item of another provider'; Action = { Get-Item Env:PATH | Start-OnionShare -LocalOnly }; Id = 'PathNotFileSystem' }
        @{ Form = 'a drive that is not there'; Action = { 'nodrive:\x' | Start-OnionShare -LocalOnly }; Id = 'PathNotFound' }
        @{ Form = 'a row whose path has a wildcard'; Action = { [pscustomobject]@{ Path = 'plan*' } | Start-OnionShare -LocalOnly }; Id = 'PathNotFound' }
    ) {
        $complaints = @(Get-Complaint $Action)
        $complaints.Count | Should -Be 1
        $complaints[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $complaints[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'keeps quiet of a missing path when told to' {
        $null = Start-OnionShare nowhere -LocalOnly -ErrorAction SilentlyContinue -ErrorVariable missing
        $missing[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'refuses a service, which is no file' {
        $chat = Start-OnionChat -LocalOnly
        (Get-Complaint { $chat | Start-OnionShare -LocalOnly }).FullyQualifiedErrorId | Should -BeLike 'NoPath,*'
        @(Get-OnionService).Count | Should -Be 1
    }
}

Describe 'What Start-OnionShare takes, wherever it is called' -ForEach @{ AllForms = $forms } {
    BeforeAll {
        # As text, since a language mode and a culture are those of the runspace that reads it. Gives what is not as it should be.
        $asked = {
            param($Folder, $Forms, $Culture)
            if ($Culture) { [Threading.Thread]::CurrentThread.CurrentCulture = $Culture }
            Set-Location -LiteralPath $Folder
            foreach ($form in $Forms) {
                $services = @(Invoke-Expression $form.Text)
                $names = @($services | ForEach-Object Paths | Split-Path -Leaf | Sort-Object) -join ', '
                if ($services.Count -ne 1 -or $names -ne (@($form.Names | Sort-Object) -join ', ')) { "$($form.Form): $($services.Count) of $names" }
                $services | Stop-OnionService -Force
            }
        }.ToString()
        $module = Get-TestModule
        $texts = @($AllForms | ForEach-Object { @{ Form = $_.Form; Text = "$($_.Action)"; Names = $_.Names } })
        $start = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault()
        $start.ImportPSModule($module)
    }

    It 'is the same <How>' -ForEach @(
        @{ How = 'under Set-StrictMode, with $ErrorActionPreference = Stop'; Do = {
                $ErrorActionPreference = 'Stop'
                Set-StrictMode -Version Latest
                & ([scriptblock]::Create($asked)) $place.Files $texts
            } }
        @{ How = 'in a ThreadJob'; Do = {
                Start-ThreadJob { Import-Module $using:module; & ([scriptblock]::Create($using:asked)) ($using:place).Files $using:texts } | Receive-Job -Wait -AutoRemoveJob
            } }
        @{ How = 'in ForEach-Object -Parallel'; Do = {
                $texts | ForEach-Object -Parallel { Import-Module $using:module; & ([scriptblock]::Create($using:asked)) ($using:place).Files @($_) }
            } }
        @{ How = 'under ConstrainedLanguage'; Do = {
                $runspace = [runspacefactory]::CreateRunspace($start)
                $runspace.Open()
                $runspace.SessionStateProxy.LanguageMode = 'ConstrainedLanguage'
                $shell = [powershell]::Create($runspace).AddScript($asked).AddArgument($place.Files).AddArgument(@($texts | Where-Object Text -NotLike '*PSSerializer*'))
                try { $shell.Invoke(); $shell.Streams.Error } finally { $shell.Dispose(); $runspace.Dispose() }
            } }
        @{ How = 'in a runspace pool, each runspace in another culture'; Do = {
                $pool = [runspacefactory]::CreateRunspacePool(1, 5, $start, $Host)
                $pool.Open()
                $runs = foreach ($culture in 'fa-IR', 'th-TH', 'ar-SA', 'tr-TR', 'de-DE') {
                    $shell = [powershell]::Create().AddScript($asked).AddArgument($place.Files).AddArgument($texts).AddArgument($culture)
                    $shell.RunspacePool = $pool
                    @{ Shell = $shell; Running = $shell.BeginInvoke() }
                }
                try { $runs | ForEach-Object { $_.Shell.EndInvoke($_.Running); $_.Shell.Streams.Error } } finally { $runs.ForEach{ $_.Shell.Dispose() }; $pool.Dispose() }
            } }
    ) {
        & $Do | Should -BeNullOrEmpty
        Get-OnionService | Should -BeNullOrEmpty
    }
}

Describe 'A listing that was filtered' {
    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It 'brings nothing back that the filter left out, each file once, in its folder' {
        $service = Get-ChildItem $site -Recurse -Exclude *.key | Start-OnionShare -LocalOnly -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*only what was listed is shared*'
        Get-SharedName $service | Should -Be 'deep/', 'deep/pub.txt', 'only/', 'top.txt'
    }

    It 'brings nothing back where its paths are given as text: -<Parameter>' -ForEach @(@{ Parameter = 'Path' }, @{ Parameter = 'LiteralPath' }) {
        $arguments = @{ $Parameter = (Get-ChildItem $site -Recurse -Exclude *.key).FullName }
        $service = Start-OnionShare @arguments -LocalOnly -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*only what was listed is shared*'
        Get-SharedName $service | Should -Be 'deep/', 'deep/pub.txt', 'only/', 'top.txt'
        $board = Start-OnionShare (Join-Path $site top.txt) -LocalOnly -KeepSharing -Name board
        Set-OnionService board -AddPath $arguments[$Parameter] -WarningAction SilentlyContinue
        (Get-Page $board '/files.json' | ConvertFrom-Json).files.path | Should -Not -BeLike '*.key'
    }

    It 'brings nothing back on a website either' {
        $service = Get-ChildItem $site -Recurse -Exclude *.key | Start-OnionWebsite -LocalOnly -WarningAction SilentlyContinue
        (Get-Page $service /deep/pub.txt).StatusCode | Should -Be 200
        (Get-Page $service /deep/id.key).StatusCode | Should -Be 404
        (Get-Page $service /only/id2.key).StatusCode | Should -Be 404
        (Get-Page $service /deep/).Content | Should -Not -Match 'id\.key'
    }

    It 'shares a folder whole when only the folder was listed' {
        Get-SharedName (Get-Item $site | Start-OnionShare -LocalOnly) | Should -Contain 'only/id2.key'
    }
}

Describe 'Links and what can not be read in a listing' -Skip:$IsWindows {
    BeforeAll {
        $odd = Join-Path $place.Root 'odd'
        $null = New-Item -ItemType Directory $odd
        Set-Content (Join-Path $odd 'index.html') 'page'
        $null = New-Item -ItemType SymbolicLink (Join-Path $odd 'out') -Target /etc
        $null = New-Item -ItemType SymbolicLink (Join-Path $odd 'in') -Target index.html
        $null = New-Item -ItemType SymbolicLink (Join-Path $odd 'broken') -Target nowhere
        & (Get-Command mkfifo -CommandType Application)[0] (Join-Path $odd 'pipe')
    }

    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It 'are left out with a warning: <How>' -ForEach @(
        @{ How = 'Get-ChildItem'; Action = { Get-ChildItem $odd | Start-OnionShare -LocalOnly -WarningVariable script:told -WarningAction SilentlyContinue } }
        @{ How = 'a wildcard'; Action = { Start-OnionShare "$odd/*" -LocalOnly -WarningVariable script:told -WarningAction SilentlyContinue } }
        @{ How = 'items as an argument'; Action = { Start-OnionShare (Get-ChildItem $odd) -LocalOnly -WarningVariable script:told -WarningAction SilentlyContinue } }
    ) {
        $service = & $Action
        Get-SharedName $service | Should -Be 'in', 'index.html'
        "$told" | Should -BeLike '*out''*leads out of what is shared*'
        "$told" | Should -BeLike '*broken''*not there*'
        "$told" | Should -BeLike '*pipe''*neither a file nor a folder*'
    }

    It 'end the command only when nothing else is left' {
        { Get-Item (Join-Path $odd 'out') | Start-OnionShare -LocalOnly -ErrorAction Stop } | Should -Throw '*leads out of what is shared*'
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'are followed, and said, when a link is named by itself' {
        $service = Start-OnionShare (Join-Path $odd 'in') -LocalOnly -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike "*is a link*index.html'."
        Save-Share $service (Join-Path $place.Root 'in.txt')
        Get-Content (Join-Path $place.Root 'in.txt') | Should -Be 'page'
    }

    It 'gives names that Windows refuses another one in the zip, and says so' {
        $names = Join-Path $place.Root 'names'
        $null = New-Item -ItemType Directory $names
        [IO.File]::WriteAllText("$names/..\..\evil.txt", 'x')
        $service = Start-OnionShare $names -LocalOnly -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*evil.txt*Windows does not take the name*'
        Get-SharedName $service | Should -Be '.._.._evil.txt'
    }

    It 'refuses a file whose size is not that of its content' -Skip:(-not $IsLinux) {
        { Start-OnionShare /proc/cpuinfo -LocalOnly } | Should -Throw '*no size of its own*'
    }
}

# PowerShell takes the \ for a separator on every system. On Linux and macOS it may be in a name, and 'back/slash.txt' is another file.
Describe 'A name with a backslash' -Skip:$IsWindows {
    BeforeDiscovery {
        $given = @(
            @{ Form = 'items'; Action = { Get-ChildItem -File | Start-OnionShare @how } }
            @{ Form = 'items as an argument'; Action = { Start-OnionShare (Get-ChildItem -File) @how } }
            @{ Form = 'texts'; Action = { (Get-ChildItem -File).FullName | Start-OnionShare @how } }
            @{ Form = 'names'; Action = { Get-ChildItem -Name -File | Start-OnionShare @how } }
            @{ Form = 'properties'; Action = { Get-ChildItem -File | Select-Object PSPath | Start-OnionShare @how } }
            @{ Form = 'items that were serialized'; Action = { Get-ChildItem -File | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) } | Start-OnionShare @how } }
            @{ Form = '-Path'; Action = { Start-OnionShare 'back\slash.txt' @how } }
            @{ Form = '-LiteralPath'; Action = { Start-OnionShare -LiteralPath './back\slash.txt' @how } }
            @{ Form = '-LiteralPath with a provider'; Action = { Start-OnionShare -LiteralPath (Get-ChildItem -File).PSPath @how } }
            @{ Form = 'a drive of PowerShell'; Action = { $null = New-PSDrive Slash FileSystem $PWD; Start-OnionShare 'Slash:/back\slash.txt' @how; Remove-PSDrive Slash } }
            @{ Form = 'a wildcard'; Action = { Start-OnionShare *.txt @how } }
            @{ Form = 'a wildcard with a provider'; Action = { Start-OnionShare "FileSystem::$PWD/b*h.[t]xt" @how } }
            @{ Form = 'a wildcard that fits no other'; Action = { Start-OnionShare back?slash.txt @how } }
            @{ Form = 'a website'; Action = { Get-ChildItem -File | Start-OnionWebsite -LocalOnly } }
        )
    }

    BeforeAll {
        $how = @{ LocalOnly = $true; KeepSharing = $true }
        $slashes = Join-Path $place.Root 'slash'
        foreach ($folder in 'back', 'in\box', 'in/box', 'lead') { $null = [IO.Directory]::CreateDirectory("$slashes/$folder") }
        foreach ($folder in 'back', 'lead') { [IO.File]::WriteAllText("$slashes/$folder/slash.txt", 'SECRET') }
        [IO.File]::WriteAllText("$slashes/back\slash.txt", 'public')
        Push-Location -LiteralPath $slashes
    }

    AfterEach { Get-OnionService | Stop-OnionService -Force }

    AfterAll { Pop-Location }

    It 'is shared itself: <Form>' -ForEach $given {
        (& $Action).Paths | Should -BeExactly "$slashes/back\slash.txt"
    }

    It 'arrives with its own content' {
        $service = Get-ChildItem -File | Start-OnionShare @how
        Receive-OnionFile $service.Url -LocalOnly -Path (Join-Path $place.Root 'fetched') | Get-Content | Should -BeExactly 'public'
    }

    It 'is sent itself' {
        $service = Start-OnionReceive (Join-Path $place.Root 'sent') -LocalOnly -MinFreeSpace 0
        (Get-ChildItem -File | Send-OnionFile $service.Url -LocalOnly).Path | Should -BeExactly "$slashes/back\slash.txt"
    }

    It 'never becomes another file when it is gone' {
        $gone = Get-ChildItem -File
        Rename-Item -LiteralPath 'lead' 'led'
        [IO.File]::Move("$slashes/back\slash.txt", "$slashes/led/kept")
        try { { $gone | Start-OnionShare @how -ErrorAction Stop -WarningAction SilentlyContinue } | Should -Throw }
        finally { [IO.File]::Move("$slashes/led/kept", "$slashes/back\slash.txt") }
    }

    It 'still parts folders where there is no such name' {
        (Start-OnionShare 'led\slash.txt' @how).Paths | Should -BeExactly "$slashes/led/slash.txt"
        (Start-OnionShare -LiteralPath '.\led\slash.txt' @how).Paths | Should -BeExactly "$slashes/led/slash.txt"
        (Start-OnionShare 'led\s*.txt' @how).Paths | Should -BeExactly "$slashes/led/slash.txt"
        (Start-OnionReceive 'new\box' -LocalOnly -MinFreeSpace 0).Paths | Should -BeExactly "$slashes/new/box"
    }

    It 'is an inbox: <Form>' -ForEach @(
        @{ Form = 'an item'; Action = { Get-ChildItem -Directory | Where-Object Name -EQ 'in\box' | Start-OnionReceive -LocalOnly -MinFreeSpace 0 } }
        @{ Form = 'a path'; Action = { Start-OnionReceive 'in\box' -LocalOnly -MinFreeSpace 0 } }
    ) {
        (& $Action).Paths | Should -BeExactly "$slashes/in\box"
    }

    It 'is taken from a share itself, though the other is shared, too' {
        $service = Start-OnionShare 'back/slash.txt', 'back\slash.txt' @how
        ($service | Set-OnionService -RemovePath 'back\slash.txt' -PassThru).Paths | Should -BeExactly "$slashes/back/slash.txt"
    }

    It 'is where an export and what was fetched are' {
        $room = Start-OnionChat -LocalOnly -Save -Name room
        (Export-OnionService room 'in\box' -NoEncryption).FullName | Should -BeExactly "$slashes/in\box/room.onionservice"
        [IO.File]::Exists("$slashes/in/box/room.onionservice") | Should -BeFalse
        [IO.File]::WriteAllText("$slashes/in/box/room.onionservice", 'no export')
        (Import-OnionService 'in\box/room.onionservice' -Name again).Name | Should -Be 'again'
        $share = Start-OnionShare led/slash.txt @how
        (Receive-OnionFile $share.Url -LocalOnly -Path 'in\box').FullName | Should -BeExactly "$slashes/in\box/slash.txt"
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
    }

    It 'is the key that an inbox encrypts to' {
        foreach ($file in 'key\alice.asc', 'key') { if ($file -eq 'key') { $null = [IO.Directory]::CreateDirectory("$slashes/$file") } else { [IO.File]::WriteAllText("$slashes/$file", 'no key') } }
        { Start-OnionReceive box -LocalOnly -EncryptTo 'key\alice.asc' -ErrorAction Stop } | Should -Throw '*key\alice.asc*'
    }
}

Describe 'Uploads as input' {
    BeforeAll {
        $inbox = Start-OnionReceive (Join-Path $place.Root 'inbox') -LocalOnly -MinFreeSpace 0 -Name inbox
        Set-Content -LiteralPath (Join-Path $place.Root 'report [x].pdf') 'theirs'
        Set-Content -LiteralPath 'report [x].pdf' 'mine'
        Send-Upload $inbox (Join-Path $place.Root 'report [x].pdf') | Should -Be 200
        $upload = Get-OnionTransfer inbox -State Completed
    }

    AfterEach { Get-OnionService -Mode Share | Stop-OnionService -Force }

    It 'stand for what was received, never for a file of that name here' {
        $service = $upload | Start-OnionShare -LocalOnly
        $service.Paths | Should -Be $upload.Paths
        Save-Share $service (Join-Path $place.Root 'shared.pdf')
        Get-Content (Join-Path $place.Root 'shared.pdf') | Should -Be 'theirs'
        (Start-OnionShare $upload -LocalOnly).Paths | Should -Be $upload.Paths
    }

    It 'are an error when they are not on the disk' {
        Move-Item -LiteralPath $upload.Paths[0] (Join-Path $place.Root 'moved.pdf')
        $complaint = Get-Complaint { $upload | Start-OnionShare -LocalOnly }
        "$complaint" | Should -BeLike "*'report*' are not on the disk*"
        Get-OnionService -Mode Share | Should -BeNullOrEmpty
    }
}

Describe 'What the other commands take from the pipeline' {
    AfterEach { Get-OnionService | Stop-OnionService -Force }

    It 'Start-OnionReceive: <Form>' -ForEach @(
        @{ Form = 'a DirectoryInfo'; Action = { Get-Item sub | Start-OnionReceive -LocalOnly -MinFreeSpace 0 } }
        @{ Form = 'a text'; Action = { 'sub' | Start-OnionReceive -LocalOnly -MinFreeSpace 0 } }
        @{ Form = 'a PathInfo'; Action = { Resolve-Path sub | Start-OnionReceive -LocalOnly -MinFreeSpace 0 } }
        @{ Form = 'a row'; Action = { [pscustomobject]@{ Path = 'sub' } | Start-OnionReceive -LocalOnly -MinFreeSpace 0 } }
    ) {
        (& $Action).Paths | Should -Be (Join-Path $place.Files 'sub')
    }

    It 'Start-OnionReceive refuses <Form> and opens no inbox anywhere' -ForEach @(
        @{ Form = 'nothing'; Action = { Get-ChildItem nothing* | Start-OnionReceive -LocalOnly }; Id = 'NothingToShare' }
        @{ Form = 'a file'; Action = { Get-Item letter.txt | Start-OnionReceive -LocalOnly }; Id = 'PathNotFolder' }
        @{ Form = 'two folders'; Action = { 'sub', 'sub/empty' | Start-OnionReceive -LocalOnly }; Id = 'NameForOne' }
        @{ Form = 'a number'; Action = { 5 | Start-OnionReceive -LocalOnly }; Id = 'NoPath' }
    ) {
        (Get-Complaint $Action).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-OnionService | Should -BeNullOrEmpty
    }

    It 'Start-OnionChat takes nothing, and opens no room' {
        (Get-Complaint { 'room' | Start-OnionChat -LocalOnly }).FullyQualifiedErrorId | Should -BeLike 'NoInput,*'
        Get-OnionService | Should -BeNullOrEmpty
    }
}

Describe 'Times' {
    It 'mean the same in every culture: <Culture>' -ForEach $cultures {
        $was = [cultureinfo]::CurrentCulture
        $year = (Get-Date).Year + 1
        try {
            [Threading.Thread]::CurrentThread.CurrentCulture = $Culture
            $service = Start-OnionShare $place.Files -LocalOnly -StartAt $year-06-01 -StopAt "$year-06-02 17:00"
            Stop-OnionService $service
        } finally { [Threading.Thread]::CurrentThread.CurrentCulture = $was }
        $service.StopsAt.ToString('yyyy-MM-dd HH:mm', [cultureinfo]::InvariantCulture) | Should -Be "$year-06-02 17:00"
    }

    It 'takes <Given> for the day it is, in every calendar' -ForEach @(@{ Given = '2027-01-02' }, @{ Given = '2027/01/02' }, @{ Given = '2027.1.2' }) {
        $was = [cultureinfo]::CurrentCulture
        try {
            [Threading.Thread]::CurrentThread.CurrentCulture = 'th-TH'
            $moment = [OnionShare.Cmdlets.Completion.MomentAttribute]::new().Transform($ExecutionContext, $Given)
        } finally { [Threading.Thread]::CurrentThread.CurrentCulture = $was }
        $moment | Should -Be ([datetime]::new(2027, 1, 2))
    }

    It 'takes <Given> for <Hour> o''clock' -ForEach @(
        @{ Given = 9; Hour = '09:00' }, @{ Given = '17:30'; Hour = '17:30' }, @{ Given = [TimeSpan]'08:15'; Hour = '08:15' }, @{ Given = [TimeOnly]'07:05'; Hour = '07:05' }, @{ Given = '5 pm'; Hour = '17:00' }
    ) {
        $moment = [OnionShare.Cmdlets.Completion.MomentAttribute]::new().Transform($ExecutionContext, $Given)
        $moment.ToString('HH:mm', [cultureinfo]::InvariantCulture) | Should -Be $Hour
        $moment.Date | Should -Be (Get-Date).Date
    }

    It 'refuses <Given> as a time' -ForEach @(@{ Given = 99 }, @{ Given = 'soon' }, @{ Given = '2026-13-01' }, @{ Given = 637000000000000000 }, @{ Given = '01/02/2027' }, @{ Given = '1.2.2027 17:00' }, @{ Given = '2 January 2027' }) {
        { Start-OnionShare letter.txt -LocalOnly -StopAt $Given } | Should -Throw '*is no time*'
    }
}
