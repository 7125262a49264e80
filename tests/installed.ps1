# Exercises everything the engine loads assemblies for, against an installed package; tests/installed.sh says what is set. A line «+ what» or
# «- what: why not» for each check, and «done».
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$curl = $env:CURL
$place = Join-Path $env:ROOT 'work'
$files = (New-Item -ItemType Directory (Join-Path $place 'files/sub')).Parent.FullName
[IO.File]::WriteAllBytes("$files/random.bin", [Security.Cryptography.RandomNumberGenerator]::GetBytes(300000))
[IO.File]::WriteAllText("$files/sub/Grüße ☂.txt", 'umbrella ' * 2000)
[IO.File]::WriteAllText("$files/index.html", "<h1>A site</h1>$('<p>text</p>' * 2000)")
$shell = (Get-Process -Id $PID).Path
$got = Join-Path $place 'got'

function Check([string] $What, [scriptblock] $Body) {
    try {
        $said = & $Body
        if ($said -is [bool] -and -not $said) { throw 'it is not so' }
        "+ $What"
    } catch { "- ${What}: $_ $($_.InvocationInfo.PositionMessage -replace '\s+', ' ')" }
}
# What a visitor with the link gets, into $got; the status.
function Fetch($Service, [string] $Path = '/', [string[]] $Options = @()) {
    [int](& $curl -sS --max-time 60 -o $got -w '%{http_code}' @Options "$($Service.Url)$Path")
}
function Same([string] $File) { (Get-FileHash $got).Hash -eq (Get-FileHash -LiteralPath $File).Hash }
function Text { [IO.File]::ReadAllText($got) }
function Secret([string] $Text) { ConvertTo-SecureString $Text -AsPlainText -Force }

Check 'the module is found and imported by its name' { Import-Module OnionShare; (Get-Module OnionShare).ModuleBase -eq $env:MODULE }
Check 'it has no symbols and no files for programmers' {
    -not (Get-ChildItem $env:MODULE -Recurse -Include *.pdb, OnionShare.*.xml, *.deps.json, *.exe | Where-Object Name -NE 'OnionShare.Cmdlets.dll-Help.xml')
}
Check 'no file of it can be executed or written' { -not (Get-ChildItem $env:MODULE -Recurse -File | Where-Object UnixMode -Match '[wx]') }
Check 'its help is there, and has a page on the web' {
    foreach ($command in Get-Command -Module OnionShare) {
        if (-not ((Get-Help $command.Name).relatedLinks.navigationLink.uri -match '^https://')) { throw $command.Name }
    }
}
Check 'no .NET can be found' { -not (Get-Command dotnet -ErrorAction Ignore) -and -not $env:DOTNET_ROOT }

Check 'one file is shared' {
    $service = Start-OnionShare "$files/random.bin" -LocalOnly
    (Fetch $service '/download') -eq 200 -and (Same "$files/random.bin")
}
Check 'a folder is shared as a zip' {
    $service = Start-OnionShare $files -LocalOnly
    $null = Fetch $service '/download'
    $zip = [IO.Compression.ZipFile]::OpenRead($got)
    try { $zip.Entries.Name -contains 'Grüße ☂.txt' } finally { $zip.Dispose() }
}
Check 'a folder is shared as a zip that is compressed' {
    $service = Start-OnionShare $files -LocalOnly -Compress
    $null = Fetch $service '/download'
    $zip = [IO.Compression.ZipFile]::OpenRead($got)
    try { @($zip.Entries | Where-Object { $_.CompressedLength -lt $_.Length }).Count -ge 2 } finally { $zip.Dispose() }
}
Check 'a share that is kept lists its files' {
    $service = Start-OnionShare $files -LocalOnly -KeepSharing
    (Fetch $service '/') -eq 200 -and (Text) -match 'random\.bin'
}
Check 'a wrong password is refused' {
    (& $curl -sS -o $got -w '%{http_code}' -u onionshare:wrong "http://$((Get-OnionService | Select-Object -Last 1).Address)/") -eq '401'
}
Check 'the link is a QR code' { (Get-OnionService | Select-Object -Last 1 | Show-OnionUrl | Out-String) -match '[▀▄█]{10}' }
Check 'files and a message are received' {
    $service = Start-OnionReceive "$place/inbox" -LocalOnly
    $status = Fetch $service '/upload' '-F', "file[]=@$files/random.bin", '-F', 'text=hello'
    $file = Get-ChildItem "$place/inbox" -Recurse -File -Filter random.bin
    $status -lt 400 -and (Get-FileHash $file).Hash -eq (Get-FileHash "$files/random.bin").Hash -and
        @(Get-ChildItem "$place/inbox" -Recurse -File).Count -eq 2
}
if ($env:KEY) {
    Check 'what comes in is encrypted, its name too' {
        $service = Start-OnionReceive "$place/sealed" -LocalOnly -EncryptTo $env:KEY -WarningAction Ignore
        $status = Fetch $service '/upload' '-F', "file[]=@$files/random.bin"
        $file = Get-ChildItem "$place/sealed" -Recurse -File
        # A packet with a session key begins it (RFC 4880, 4.3); the content follows, with nothing of it left out.
        $bytes = [IO.File]::ReadAllBytes($file)
        $status -lt 400 -and $file.Name -match '^[\d.-]+\.gpg$' -and ($bytes[0] -eq 0x84 -or $bytes[0] -eq 0x85 -or $bytes[0] -eq 0xC1) -and $bytes.Count -gt 300000
    }
}
Check 'another program is told of what was received' {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    try {
        $service = Start-OnionReceive "$place/told" -LocalOnly -WebhookUrl "http://127.0.0.1:$($listener.LocalEndpoint.Port)/told" -WarningAction Ignore
        $null = Fetch $service '/upload' '-F', "file[]=@$files/random.bin"
        $asked = $listener.AcceptTcpClientAsync()
        if (-not $asked.Wait(60000)) { throw 'nobody called' }
        $stream = $asked.Result.GetStream()
        $stream.ReadTimeout = 60000
        $reader = [IO.StreamReader]::new($stream)
        do { $line = $reader.ReadLine() } while ($line) # the headers
        $body = [char[]]::new(4096)
        $count = $reader.Read($body, 0, $body.Length)
        $stream.Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 204 No Content`r`nConnection: close`r`n`r`n"))
        $asked.Result.Dispose()
        [string]::new($body, 0, $count) -match 'random\.bin'
    } finally { $listener.Stop() }
}
Check 'the cmdlets fetch, and unpack' {
    $service = Start-OnionShare $files -LocalOnly -KeepSharing
    $names = (Get-OnionFile $service.Url -LocalOnly).Name
    $null = Receive-OnionFile $service.Url -Path "$place/fetched" -Expand -LocalOnly
    $names -contains 'random.bin' -and
        (Get-FileHash (Get-ChildItem "$place/fetched" -Recurse -Filter random.bin)).Hash -eq (Get-FileHash "$files/random.bin").Hash
}
Check 'the cmdlets send' {
    $service = Start-OnionReceive "$place/sent" -LocalOnly
    $null = Get-Item "$files/random.bin" | Send-OnionFile $service.Url -Message 'hello' -LocalOnly
    (Get-FileHash (Get-ChildItem "$place/sent" -Recurse -Filter random.bin)).Hash -eq (Get-FileHash "$files/random.bin").Hash
}
Check 'the cmdlets chat' {
    $service = Start-OnionChat -LocalOnly
    ('good morning' | Send-OnionMessage $service.Url -Name ann -PassThru -LocalOnly).Text -eq 'good morning'
}
Check 'a running service is changed, visited and looked into' {
    $service = Start-OnionShare $files -LocalOnly -KeepSharing
    Set-OnionService $service.Name -Title 'Field notes'
    $null = Fetch $service '/?lang=de'
    (Text) -match 'Field notes' -and (Text) -match 'lang="de"' -and (Test-OnionService $service.Name -Quiet) -and
        @(Get-OnionLog).Count -gt 0
}
Check 'transfers are told of' { @(Get-OnionTransfer).Count -ge 2 }
Check 'what happens is watched by a second process' { (Watch-OnionService | Select-Object -First 1) -match 'is (Running|Stopped)' }
Check 'a website is served, compressed' {
    $service = Start-OnionWebsite $files -LocalOnly
    $null = Fetch $service '/' '--compressed', '-D', "$place/headers"
    (Text) -match '<h1>A site' -and (Get-Content -Raw "$place/headers") -match 'Content-Encoding: '
}
Check 'a chat carries a message' {
    $service = Start-OnionChat -LocalOnly
    if ((Fetch $service '/') -ne 200) { throw 'the page' }
    $socket = [Net.WebSockets.ClientWebSocket]::new()
    $socket.Options.SetRequestHeader('Authorization', 'Basic ' + [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("onionshare:$($service.Password)")))
    $socket.Options.SetRequestHeader('Origin', "http://$($service.Address)")
    $limit = [Threading.CancellationTokenSource]::new(60000)
    $socket.ConnectAsync("ws://$($service.Address)/socket", $limit.Token).GetAwaiter().GetResult()
    foreach ($message in '{"type":"join","name":"ann"}', '{"type":"say","n":1,"text":"good morning"}') {
        $socket.SendAsync([ArraySegment[byte]]::new([Text.Encoding]::UTF8.GetBytes($message)), 'Text', $true, $limit.Token).GetAwaiter().GetResult()
    }
    $buffer = [byte[]]::new(8192)
    do {
        $count = $socket.ReceiveAsync([ArraySegment[byte]]::new($buffer), $limit.Token).GetAwaiter().GetResult().Count
    } until ($count -eq 0 -or [Text.Encoding]::UTF8.GetString($buffer, 0, $count) -match 'good morning')
    $count -gt 0
}
Check 'events are told of' {
    $null = Register-OnionEvent -SourceIdentifier onion -ErrorAction Stop
    $null = Start-OnionChat -LocalOnly -Name told
    [bool](Wait-Event -SourceIdentifier onion -Timeout 60)
}
Check 'a service is saved, exported under a passphrase and imported' {
    $null = Start-OnionWebsite $files -LocalOnly -Name kept -Save
    Export-OnionService kept "$place/kept.onion" -Passphrase (Secret 'a long passphrase') | Out-Null
    (Import-OnionService "$place/kept.onion" -Passphrase (Secret 'a long passphrase') -Name again).Name -eq 'again'
}
Check 'a client key is made' {
    $null = Start-OnionChat -Name keyed -RequireClientKey -StartAt ([datetime]::Now.AddHours(1))
    [bool](Grant-OnionAccess keyed ann).PrivateKey
}
Check 'a bridge is set, and taken back' {
    Set-OnionTor -Bridge '192.0.2.3:80 0123456789ABCDEF0123456789ABCDEF01234567'
    Set-OnionTor -NoBridges
}
$engine = Get-OnionEngine
Check 'the engine is a second process of this PowerShell' { (Get-Process -Id $engine.ProcessId).Path -eq $shell }
Check 'no other program can debug it: it has no diagnostic port, and PowerShell none in it' {
    -not (Get-ChildItem $env:ROOT -Filter "dotnet-diagnostic-$($engine.ProcessId)-*") -and
        -not (Get-ChildItem $env:ROOT -Filter "CoreFxPipe_PSHost.*.$($engine.ProcessId).*")
}
Check 'it ends when it is told to' {
    $process = Get-Process -Id $engine.ProcessId
    Stop-OnionEngine -Force
    $process.WaitForExit(60000)
}

# The same without the startup hook, as where a host forbids it.
Check 'the script runs the engine, too' {
    $start = [Diagnostics.ProcessStartInfo]::new($shell)
    foreach ($part in '-NoProfile', '-NonInteractive', '-File', "$env:MODULE/engine/engine.ps1", 'share', '--local-only', '--', "$files/random.bin") {
        $start.ArgumentList.Add($part)
    }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $start.Environment['ONIONSHARE_HOME'] = "$place/script"
    $process = [Diagnostics.Process]::Start($start)
    try {
        do { $line = $process.StandardOutput.ReadLine() } until ($null -eq $line -or $line -match '(http://\S+)')
        (Fetch ([pscustomobject]@{ Url = $Matches[1] }) '/download') -eq 200 -and (Same "$files/random.bin")
    } finally {
        $process.Kill()
        $process.WaitForExit()
    }
}

if ($env:TOR -and (Test-Path $env:NETWORK)) {
    $include, $socks = Get-Content $env:NETWORK -TotalCount 2
    $env:ONIONSHARE_TOR = $env:TOR
    $env:ONIONSHARE_TORRC_INCLUDE = $include
    Check 'a share over Tor reaches a visitor with another tor' {
        $service = Start-OnionShare "$files/random.bin"
        $null = Fetch $service '/download' '--max-time', '240', '-x', ($socks -replace '^socks5:', 'socks5h:')
        (Same "$files/random.bin") -and $service.Address -match '\.onion$'
    }
    Check 'the engine and its tor are gone afterwards' {
        $engine = Get-OnionEngine
        $both = @($engine.ProcessId) + @((Get-OnionTor).ProcessId) | Where-Object { $_ } | ForEach-Object { Get-Process -Id $_ }
        Stop-OnionEngine -Force
        foreach ($process in $both) { if (-not $process.WaitForExit(60000)) { throw "$process" } }
        $both.Count -eq 2
    }
}
'done'
