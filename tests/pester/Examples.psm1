# The examples that people read: where they stand, and how they are run as they stand.
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot 'Support.psm1')

$script:Root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
# Generous: it is only ever waited out by an example that hangs.
$script:Limit = [TimeSpan]::FromMinutes(3)
$script:BatchLimit = [TimeSpan]::FromMinutes(20)

# What can't be run here, and why. A line of this table that fits no example is a fault of the tests.
$script:NotRun = [ordered]@{
    '(Connect|Test|Install|Disconnect)-OnionTor|tor-(bridges|system)\.ps1' = 'needs the Tor network'
    '-BindAddress'                                            = 'names an address that this computer has not got'
    '-RequestBridges'                                         = 'asks the Tor Project'
    '-OnionBalance'                                           = 'is published through Tor, or not at all'
    '(Grant|Revoke)-OnionAccess'                              = 'client keys are for services on the Tor network'
    'shopxyz\.onion|persistent/\*\.json'                      = 'starts from an address that only Tor reaches'
    '/media/|-Executable|-Connection TorSharp|-EncryptTo'     = 'names a disk, a program or a key of the reader''s'
    '-Vault'                                                  = 'needs the module Microsoft.PowerShell.SecretManagement'
    '(Get|Receive|Send)-OnionFile|Enter-OnionChat|(Send|Receive)-OnionMessage|fetch\.ps1' = 'visits somebody else''s service; Client.Tests.ps1 has one'
    'Watch-OnionService'                                      = 'goes on until somebody quits; Watch-OnionService.Tests.ps1 does'
    '^Export-OnionService \w+ \S+$'                           = 'asks at the keyboard; Transport.Tests.ps1 has somebody there'
    'PSResource|Update-Module'                                = 'needs the PowerShell Gallery'
    'dotnet build'                                            = 'builds what is tested'
    'scheduled-(windows|systemd)\.ps1|-OnionScheduledTask'    = 'needs a scheduler; ScheduledTasks.Tests.ps1 has one that stands in'
}

# Every example with its source and a name to find it by.
function Get-Example {
    Get-HelpExample
    Get-AboutExample
    Get-GuideExample
    Get-ScriptExample
}

# Why an example is not run here; nothing where it is.
function Get-Hindrance([string] $Code) {
    $script:NotRun.Keys | Where-Object { $Code -match $_ } | Select-Object -First 1 | ForEach-Object { $script:NotRun[$_] }
}

# The lines of the table of what is not run.
function Get-HindrancePattern { $script:NotRun.Keys }

function New-Example([string] $Source, [string] $Name, [string] $Code) {
    [pscustomobject]@{ Source = $Source; Name = $Name; Code = $Code.Replace("`r", '').Trim(); Hindrance = Get-Hindrance $Code }
}

# The examples of the cmdlets' help.
function Get-HelpExample {
    $help = [xml](Get-Content -Raw (Join-Path $script:Root 'module/en-US/OnionShare.Cmdlets.dll-Help.xml'))
    foreach ($command in $help.helpItems.command) {
        $number = 0
        foreach ($example in $command.examples.example) { New-Example help "$($command.details.name) $((++$number))" $example.code }
    }
}

# The commands that stand indented in the topics. What explains a command beside it or below it, further in, is not code.
function Get-AboutExample {
    foreach ($file in Get-ChildItem (Join-Path $script:Root 'module/en-US/about_*.help.txt')) {
        $number = 0
        foreach ($paragraph in (Get-Content -Raw $file).Replace("`r", '') -split '\n\s*\n') {
            $lines = $paragraph.Trim("`n") -split '\n'
            if ($lines[0] -notmatch '^ {8,}(\$|[A-Z][a-z]+-\w+|\./)' -or $lines[0] -match '^\s+[A-Z]\w+-\w+ {2,}') { continue }
            $indent = $lines[0].Length - $lines[0].TrimStart().Length
            $code = ''
            foreach ($line in $lines) {
                $isFurtherIn = $line -match "^ {$($indent + 1)}"
                if ($code -and $isFurtherIn -and -not (Test-Open $code)) { continue }
                $code += $line.Trim() + "`n"
            }
            New-Example about "$($file.BaseName -replace '\.help$') $((++$number)): $(($code -split '\n')[0])" $code
        }
    }
}

# Whether more has to come for this to be a whole script.
function Test-Open([string] $Code) {
    $errors = $null
    $null = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $errors)
    [bool]($errors | Where-Object IncompleteInput) -or $Code.TrimEnd() -match '[|`]$'
}

# The blocks of PowerShell in the README and the guides.
function Get-GuideExample {
    foreach ($file in @(Get-Item (Join-Path $script:Root 'README.md')) + @(Get-ChildItem (Join-Path $script:Root 'docs/*.md'))) {
        $number = 0
        foreach ($block in [regex]::Matches((Get-Content -Raw $file), '(?ms)^```powershell\r?\n(.*?)^```')) {
            New-Example guides "$($file.Name) $((++$number)): $(($block.Groups[1].Value -split '\r?\n')[0])" $block.Groups[1].Value
        }
    }
}

# The first line of each .EXAMPLE of the scripts.
function Get-ScriptExample {
    foreach ($file in Get-ChildItem (Join-Path $script:Root 'examples/*.ps1')) {
        foreach ($example in [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null).GetHelpContent().Examples) {
            $line = ($example.Trim() -split '\r?\n')[0]
            New-Example scripts $line $line
        }
    }
}

# Runs examples one after the other in another PowerShell, whose home folder is one with the names that examples use. Gives for each its
# output as a console of 80 columns shows it, and what went wrong.
function Invoke-ExampleBatch([object[]] $Examples, $Place) {
    $reader = New-Item -ItemType Directory (Join-Path $Place.Root 'reader')
    $in, $out = (Join-Path $Place.Root 'examples.json'), (Join-Path $Place.Root 'results.json')
    ConvertTo-Json @($Examples) | Set-Content $in
    $before = @{ HOME = $env:HOME; USERPROFILE = $env:USERPROFILE }
    try {
        $env:HOME = $env:USERPROFILE = $reader
        $session = Start-Session "Import-Module '$PSCommandPath'; Invoke-ExampleHere '$in' '$out'"
    } finally {
        $env:HOME, $env:USERPROFILE = $before.HOME, $before.USERPROFILE
    }

    $session.StandardInput.Close()
    $errors, $output = $session.StandardError.ReadToEndAsync(), $session.StandardOutput.ReadToEndAsync()
    if (-not $session.WaitForExit($script:BatchLimit)) {
        $session.Kill()
        throw "The examples did not end. $($errors.Result) $($output.Result)"
    }

    if (-not (Test-Path $out)) { throw "The examples were not run. $($errors.Result) $($output.Result)" }
    Get-Content -Raw $out | ConvertFrom-Json
}

# The other PowerShell's side of it.
function Invoke-ExampleHere([string] $In, [string] $Out) {
    # A desktop, for what opens something on it: a program that says that all is well.
    if ($IsLinux) {
        $desktop = New-Item -ItemType Directory (Join-Path (Split-Path $In) 'desktop')
        Set-Content (Join-Path $desktop 'xdg-open') '#!/bin/sh'
        chmod +x (Join-Path $desktop 'xdg-open')
        $env:PATH = "$desktop`:$env:PATH"
    }

    $results = foreach ($example in Get-Content -Raw $In | ConvertFrom-Json) {
        Initialize-ReaderHome
        if ($IsLinux) { $env:DISPLAY = $example.Code -match 'Open-OnionService' ? ':0' : $null }
        Start-NamedService $example.Code
        Invoke-Example $example
        Stop-OnionService * -Force -ErrorAction Ignore
        Get-OnionService -Saved | Remove-OnionService -Confirm:$false
    }
    ConvertTo-Json -Depth 4 @($results) | Set-Content $Out
}

# What examples take for granted in the home folder, which is also the current one.
function Initialize-ReaderHome {
    Set-Location ~
    Get-ChildItem -Force | Where-Object Name -NotLike '.*' | Remove-Item -Recurse -Force
    Set-OnionTor -Reset All -WarningAction Ignore
    foreach ($folder in 'Reports', 'Inbox', 'Tips', 'Done', 'Backup', 'photos', 'parts', 'site', 'docs', 'talks', 'inbox', 'done') {
        $null = New-Item -ItemType Directory -Force $folder
    }
    foreach ($file in 'report.pdf', 'plan.pdf', 'Reports/may.txt', 'photos/a.jpg', 'photos/b.jpg', 'parts/1.bin', 'parts/2.bin', 'site/index.html', 'docs/a.md', 'talks/b.md') {
        Set-Content $file "this is $file"
    }
    foreach ($script in Get-ChildItem (Join-Path $script:Root 'examples/*.ps1')) {
        # Beside the module, where the scripts look for it.
        Set-Content -LiteralPath $script.Name (Get-Content -Raw $script).Replace('$PSScriptRoot', "'$(Join-Path $script:Root 'examples')'")
    }
    Set-Content tor-settings.json '{}'
}

# Starts the services that an example speaks of and does not start itself; for Restore-OnionService they are only saved.
function Start-NamedService([string] $Code) {
    $commands = [Management.Automation.Language.Parser]::ParseInput($Code, [ref] $null, [ref] $null).FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
    $starts = @($commands | Where-Object { $_.GetCommandName() -like 'Start-Onion*' })
    $others = @($commands | Where-Object { $_.GetCommandName() -match '-Onion(Service|Url|Transfer|Event)$' -and $_.GetCommandName() -ne 'Import-OnionService' })
    $words = @($others | ForEach-Object { $_.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } })
    $made = @($starts | ForEach-Object { $_.Extent.Text -replace '.*-Name (\w+).*', '$1' })
    $names = 'photos', 'inbox', 'site', 'desk' | Where-Object { $name = $_; $made -notcontains $name -and ($words | Where-Object { $name -eq $_ -or ($_ -match '^\w+\*$' -and $name -like $_) }) }
    if (-not $names -and -not $starts -and $others) { $names = 'photos', 'inbox' }
    if ($Code -match '^Show-OnionUrl$') { $names = 'photos' }
    if ($Code -match 'Import-OnionService ./inbox') { $names = 'inbox' }
    foreach ($name in $names) {
        $null = switch ($name) {
            photos { Start-OnionShare ~/photos -Name photos -KeepSharing -LocalOnly -Detach -Save }
            inbox { Start-OnionReceive ~/Inbox -Name inbox -LocalOnly -Detach -Save }
            site { Start-OnionWebsite ~/site -Name site -LocalOnly -Detach -Save }
            desk { Start-OnionChat -Name desk -LocalOnly -Detach -Save }
        }
    }
    if ($Code -match 'Import-OnionService ./inbox') {
        $null = Export-OnionService inbox ~/inbox.onionservice -Passphrase 'correct horse battery' -Force
        Stop-OnionService inbox
        Remove-OnionService inbox -Confirm:$false
    } elseif ($Code -match 'Restore-OnionService|^Remove-OnionService|Remove-OnionService inbox$') { $names | ForEach-Object { Stop-OnionService $_ -Force } }
}

# Runs one example in a runspace of its own. Meanwhile a visitor opens what is on the reader's screen, downloads and uploads; when that is
# done, services are stopped, so that what lasts as long as a service comes to its end.
function Invoke-Example($Example) {
    $state = [Management.Automation.Runspaces.InitialSessionState]::CreateDefault2()
    $shell = [PowerShell]::Create($state)
    $null = $shell.AddScript({
            param($Module)
            Import-Module $Module
            Set-Location ~
            # The one switch.
            $global:PSDefaultParameterValues = @{ 'Start-Onion*:LocalOnly' = $true }
            # Somebody at the keyboard, who says yes.
            $global:ConfirmPreference = 'None'
            function global:Read-Host([switch] $AsSecureString) { ConvertTo-SecureString 'correct horse battery' -AsPlainText -Force }
            function global:Get-Credential { [pscredential]::new('me', (Read-Host)) }
        }).AddArgument((Get-TestModule)).Invoke()
    $shell.Commands.Clear()
    $code = $Example.Code
    if ($Example.Source -eq 'scripts' -and $code -notmatch '-LocalOnly') { $code += ' -LocalOnly' }
    $null = $shell.AddScript($code).AddCommand('Out-String').AddParameter('Width', 80).AddParameter('Stream')
    $output = [Management.Automation.PSDataCollection[string]]::new()
    $nothing = [Management.Automation.PSDataCollection[object]]::new()
    $nothing.Complete()
    # They are read while they are written.
    foreach ($stream in $output, $shell.Streams.Information, $shell.Streams.Warning) { $stream.EnumeratorNeverBlocks = $true }
    $running = $shell.BeginInvoke($nothing, $output)
    $visited = [Collections.Generic.HashSet[string]]::new()
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $startsOne = $code -match 'Start-Onion|\.ps1'
    $isBlocking = $code -match '-Follow|Wait-|-Wait\b|\./(share|inbox|website|chat)\.ps1'
    while (-not $running.IsCompleted -and $watch.Elapsed -lt $script:Limit) {
        $services = @(Get-OnionService)
        # Of what ran before, visitors have the link already.
        $known = if ($startsOne) { Find-Link $output $shell } else { $services.Url }
        foreach ($link in $known) { if ($link -and $visited.Add($link)) { $null = Invoke-Visit $link } }
        if ($isBlocking -and $visited.Count -and $services.State -contains 'Running') { Stop-OnionService * }
        # It had not begun to listen when its service ended.
        elseif ($code -match 'Wait-Event' -and -not $services) {
            Get-OnionService -Saved | Remove-OnionService -Confirm:$false
            Start-NamedService $code
        }
        $null = $running.AsyncWaitHandle.WaitOne(200)
    }

    $isHanging = -not $running.IsCompleted
    $failure = ''
    if ($isHanging) { $shell.Stop() }
    try { $null = $shell.EndInvoke($running) } catch { $failure = "$_" }
    $links = @(Find-Link $output $shell)
    # A link is only one if somebody can follow it; those of services that have ended meanwhile were followed above.
    $dead = @(foreach ($link in $links | Where-Object { $code -notmatch 'Stop-OnionService' }) { if ($visited.Add($link) -and -not (Invoke-Visit $link)) { $link } })
    $result = [pscustomobject]@{
        Name = $Example.Name
        Output = ((@($output) + @($shell.Streams.Information | ForEach-Object { "$_" }) + @($shell.Streams.Warning | ForEach-Object { "WARNING: $_" })) -join "`n").Trim()
        Errors = @($shell.Streams.Error | ForEach-Object { "$_ $($_.ErrorDetails.RecommendedAction)" }) + @($failure | Where-Object { $_ })
        Links = $links
        Dead = $dead
        IsHanging = $isHanging
    }
    $shell.Runspace.Dispose()
    $shell.Dispose()
    $result
}

# The links on the reader's screen, those that a narrow console has broken put together.
function Find-Link($Output, $Shell) {
    $text = (@($Output) + @($Shell.Streams.Information) + @($Shell.Streams.Warning) | ForEach-Object { "$_" }) -join "`n"
    [regex]::Matches($text, 'http://(?:onionshare:[\w-]+@)?127\.0\.0\.1:\d+').Value | Select-Object -Unique
}

# Opens a link as a visitor does, downloads what there is, and sends a file where one is taken. Whether the page was there.
function Invoke-Visit([string] $Link) {
    $address = [uri]$Link
    $service = [pscustomobject]@{ Address = $address.Authority; Password = ($address.UserInfo -split ':')[1] }
    try {
        $page = Get-Page $service
        if ($page.StatusCode -ne 200) { return $false }
        if ($page.Content -match 'href="/download"') { Save-Share $service (Join-Path $HOME 'visitor') }
        elseif ($page.Content -match 'name="file') { $null = Send-Upload $service (Join-Path $HOME 'plan.pdf') }
        elseif ($page.Content -match 'action="/upload"') { $null = Send-Upload $service @() 'a word' }
    } catch [Net.Http.HttpRequestException] {
        return $false # nobody is there, or not any more
    }

    $true
}

Export-ModuleMember -Function Get-Example, Get-Hindrance, Get-HindrancePattern, Invoke-ExampleBatch, Invoke-ExampleHere
