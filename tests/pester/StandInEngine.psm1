# An engine that answers what a test tells it to, so that what the cmdlets send, and what they make of any answer, can be looked at.
$ErrorActionPreference = 'Stop'

$script:Serve = {
    param($Socket, $Answers, $Requests)
    while ($true) {
        try { $peer = $Socket.Accept() } catch { return }
        $stream = [Net.Sockets.NetworkStream]::new($peer, $true)
        try {
            $reader = [IO.StreamReader]::new($stream)
            $line = $reader.ReadLine()
            if (-not $line) { continue }
            $length = 0
            while ($header = $reader.ReadLine()) {
                if ($header -match '^Content-Length: (\d+)') { $length = [int]$Matches[1] }
                if ($header -match '^Transfer-Encoding: chunked') { $length = -1 }
            }
            $body = if ($length -ge 0) { $text = [char[]]::new($length); $null = $reader.ReadBlock($text, 0, $length); -join $text } else {
                # One chunk after the other, each behind its length in hexadecimal.
                $(while (($size = [Convert]::ToInt32($reader.ReadLine(), 16)) -gt 0) {
                        $text = [char[]]::new($size); $null = $reader.ReadBlock($text, 0, $size); $null = $reader.ReadLine(); -join $text }) -join ''
            }
            $route = ($line -split ' ')[0, 1] -join ' '
            $null = $Requests.Add([pscustomobject]@{ Route = $route; Body = $body })
            $answer = $Answers[$route]
            if ($answer -is [Collections.Queue]) { $answer = $answer.Count -gt 1 ? $answer.Dequeue() : $answer.Peek() }
            $status, $type, $content = $answer ?? @(404, 'application/json', '{}')
            # As an engine that is killed does.
            if ($content -eq 'hang up') { continue }
            $bytes = [Text.Encoding]::UTF8.GetBytes($content)
            $head = "HTTP/1.1 $status Answer`r`nContent-Type: $type`r`nContent-Length: $($bytes.Length)`r`nConnection: close`r`n`r`n"
            $stream.Write([Text.Encoding]::ASCII.GetBytes($head))
            $stream.Write($bytes)
        } catch [IO.IOException] {
            # The visitor left, as a test of Ctrl+C does.
        } finally { $stream.Dispose() }
    }
}

# Starts it on the socket of the present state folder. Requests lists what came in; Set-Answer says what goes out.
function Start-StandInEngine {
    $path = [OnionShare.Contracts.StatePaths]::Socket()
    $folder = New-Item -ItemType Directory -Force (Split-Path $path)
    if (-not $IsWindows) { chmod 700 $env:ONIONSHARE_HOME $folder }
    $socket = [Net.Sockets.Socket]::new('Unix', 'Stream', 'Unspecified')
    $socket.Bind([Net.Sockets.UnixDomainSocketEndPoint]::new($path))
    $socket.Listen(16)
    $engine = [pscustomobject]@{
        Path = $path; Socket = $socket; Answers = [hashtable]::Synchronized(@{}); Shell = [powershell]::Create()
        Requests = [Collections.ArrayList]::Synchronized([Collections.ArrayList]::new())
    }
    $null = $engine.Shell.AddScript($script:Serve).AddArgument($socket).AddArgument($engine.Answers).AddArgument($engine.Requests)
    $null = $engine.Shell.BeginInvoke()
    $tor = '{"state":"Off","bootstrapPercent":0,"transports":[]}'
    $settings = '{"connection":"Automatic","bridges":[],"transportExecutables":[],"reachableAddresses":[],"addressFamily":"Automatic","torrc":[]}'
    # Of the module's own version: another one's is not asked.
    $version = [OnionShare.Contracts.EngineStatus].Assembly.GetName().Version.ToString(3)
    Set-Answer $engine 'GET /v1/engine' "{`"version`":`"$version`",`"processId`":1,`"startedAt`":`"2026-01-01T00:00:00Z`",`"socket`":`"x`",`"stateFolder`":`"x`",`"services`":0,`"comingBack`":[],`"tor`":$tor}"
    Set-Answer $engine 'GET /v1/tor' $tor
    Set-Answer $engine 'GET /v1/tor/settings' $settings
    Set-Answer $engine 'PATCH /v1/tor/settings' $settings
    Set-Answer $engine 'GET /v1/events' '' -Type text/event-stream
    $engine
}

# What it answers to a route from now on. Several texts are given one after the other, the last of them again and again.
function Set-Answer($Engine, [string] $Route, [string[]] $Text, [string] $Type = 'application/json', [int] $Success = 200) {
    $queue = [Collections.Queue]::new()
    foreach ($one in $Text) {
        $status = $Success
        $kind = $Type
        if ($one -match '"code":.*"status":(\d+)') { $status, $kind = [int]$Matches[1], 'application/problem+json' }
        $queue.Enqueue(@($status, $kind, $one))
    }
    $Engine.Answers[$Route] = $queue
}

# The bodies that came in at a route, oldest first.
function Get-Asked($Engine, [string] $Route) { $Engine.Requests.ToArray().Where({ $_.Route -eq $Route }).Body }

function Stop-StandInEngine($Engine) {
    $Engine.Socket.Dispose()
    $Engine.Shell.Dispose()
    Remove-Item -Force -LiteralPath $Engine.Path -ErrorAction Ignore
}

Export-ModuleMember -Function *
