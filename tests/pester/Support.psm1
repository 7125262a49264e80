# What the tests of the cmdlets share: a state folder of their own, visitors, and other sessions.
$ErrorActionPreference = 'Stop'

$script:Manifest = (Resolve-Path (Join-Path $PSScriptRoot '../../module/OnionShare.psd1')).Path
# This PowerShell as a command line: the dotnet tool is run by dotnet, with pwsh.dll first.
$script:Shell = @([Environment]::ProcessPath)
if ((Split-Path -LeafBase $script:Shell[0]) -eq 'dotnet') { $script:Shell += Join-Path $PSHOME 'pwsh.dll' }
# Generous: it is only ever waited out by a test that fails.
$script:Limit = [TimeSpan]::FromSeconds(60)

# The manifest of the module under test.
function Get-TestModule { $script:Manifest }

# Moves the state folder to an empty one and makes a folder of files to share; gives both back.
function New-TestHome {
    $root = Join-Path ([IO.Path]::GetTempPath()) "onionshare-pester-$([Guid]::NewGuid().ToString('N').Substring(0, 10))"
    $files = Join-Path $root 'files'
    $null = New-Item -ItemType Directory (Join-Path $files 'sub/empty')
    Set-Content -NoNewline -LiteralPath (Join-Path $files 'letter.txt') 'a letter'
    Set-Content -NoNewline -LiteralPath (Join-Path $files 'plan [1].txt') 'a plan'
    Set-Content -NoNewline -LiteralPath (Join-Path $files 'plan 1.txt') 'another plan'
    Set-Content -NoNewline -LiteralPath (Join-Path $files 'sub/Grüße ☂.txt') 'umbrella'
    $env:ONIONSHARE_HOME = Join-Path $root 'home'
    [pscustomobject]@{ Root = $root; Files = $files; State = $env:ONIONSHARE_HOME }
}

# Stops the engine and removes the folders. Fails if an engine is still there.
function Remove-TestHome($Place) {
    $env:ONIONSHARE_HOME = $Place.State
    $engine = Get-OnionEngine
    if ($engine) {
        Stop-OnionEngine -Force
        $process = Get-Process -Id $engine.ProcessId -ErrorAction Ignore
        if ($process -and -not $process.WaitForExit($script:Limit)) { throw "The engine $($engine.ProcessId) did not end." }
    }
    Remove-Item -Recurse -Force -LiteralPath $Place.Root
    Remove-Item Env:ONIONSHARE_HOME
}

# Waits until the condition holds; fails after the limit.
function Wait-Until([scriptblock] $Condition, [string] $What) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while ($watch.Elapsed -lt $script:Limit) {
        if (& $Condition) { return }
        [Threading.Thread]::Sleep(50)
    }
    throw "It did not come to this within $($script:Limit.TotalSeconds) s: $What"
}

# Downloads what a service shares, as a visitor with the password does.
function Save-Share($Service, [string] $OutFile, [string] $Path = '/download') {
    $visitor = @{ Uri = "http://$($Service.Address)$Path"; OutFile = $OutFile; TimeoutSec = 60 }
    if ($Service.Password) {
        $visitor.Authentication = 'Basic'
        $visitor.AllowUnencryptedAuthentication = $true
        $visitor.Credential = [pscredential]::new('onionshare', (ConvertTo-SecureString $Service.Password -AsPlainText -Force))
    }
    Invoke-WebRequest @visitor
}

# What a page of a service answers to a visitor with the password.
function Get-Page($Service, [string] $Path = '/') {
    $visitor = @{ Uri = "http://$($Service.Address)$Path"; SkipHttpErrorCheck = $true; TimeoutSec = 60 }
    if ($Service.Password) {
        $visitor.Authentication = 'Basic'
        $visitor.AllowUnencryptedAuthentication = $true
        $visitor.Credential = [pscredential]::new('onionshare', (ConvertTo-SecureString $Service.Password -AsPlainText -Force))
    }
    Invoke-WebRequest @visitor
}

# Sends files, and a message if there is one, as the page's form does; gives the status.
function Send-Upload($Service, [string[]] $Files, [string] $Text) {
    $arguments = @('-sS', '--max-time', '60', '-o', ($IsWindows ? 'NUL' : '/dev/null'), '-w', '%{http_code}')
    if ($Service.Password) { $arguments += '-u', "onionshare:$($Service.Password)" }
    foreach ($file in $Files) { $arguments += '-F', "file[]=@`"$file`"" }
    if ($Text) { $arguments += '-F', "text=$Text" }
    [int](& (Get-Command curl -CommandType Application)[0] @arguments "http://$($Service.Address)/upload")
}

# A folder with a new onion service key in it, as tor makes them.
function New-KeyFolder([string] $Path) {
    $null = New-Item -ItemType Directory $Path
    $key = [Security.Cryptography.RandomNumberGenerator]::GetBytes(64)
    $key[0] = $key[0] -band 248
    $key[31] = $key[31] -band 63 -bor 64
    [IO.File]::WriteAllBytes((Join-Path $Path 'hs_ed25519_secret_key'), [Text.Encoding]::ASCII.GetBytes("== ed25519v1-secret: type0 ==`0`0`0") + $key)
    Get-Item -LiteralPath $Path
}

# Starts a tor of the private network for a visitor who has a client key, and gives its SOCKS endpoint once it is connected.
function Start-KeyHolder([string] $Include, [string] $Folder, [string] $AuthPrivate) {
    $keys = New-Item -ItemType Directory (Join-Path $Folder 'keys')
    Set-Content (Join-Path $keys 'one.auth_private') $AuthPrivate
    if (-not $IsWindows) { chmod 700 $keys }
    Start-OtherTor $Include $Folder "ClientOnionAuthDir `"$keys`""
}

# Starts a tor of the private network that is not the engine's, with further lines of torrc; gives its SOCKS endpoint, and that of its
# control port if it has one, once it is connected.
function Start-OtherTor([string] $Include, [string] $Folder, [string[]] $Lines) {
    if (-not $IsWindows) { chmod 700 $Folder }
    $torrc = Join-Path $Folder 'torrc'
    Set-Content $torrc (@("%include `"$Include`"", 'SocksPort 127.0.0.1:auto', "DataDirectory `"$Folder/data`"", 'Log notice stdout', "__OwningControllerProcess $PID") + $Lines)
    $start = [Diagnostics.ProcessStartInfo]::new('tor')
    $start.RedirectStandardOutput = $true
    foreach ($part in '-f', $torrc, '--defaults-torrc', (Join-Path $Folder 'none'), '--ignore-missing-torrc') { $start.ArgumentList.Add($part) }
    $tor = [Diagnostics.Process]::Start($start)
    $socks = $control = $null
    do {
        $line = $tor.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(60000) -or $null -eq $line.Result) {
            $tor.Kill()
            throw 'The other tor was not connected.'
        }
        if ($line.Result -match 'Opened Socks listener.* on (127\.0\.0\.1:\d+)') { $socks = $Matches[1] }
        if ($line.Result -match 'Opened Control listener.* on (127\.0\.0\.1:\d+)') { $control = $Matches[1] }
    } until ($line.Result -match 'Bootstrapped 100%')
    [pscustomobject]@{ Process = $tor; Socks = "socks5h://$socks"; Control = $control }
}

# Starts a private Tor network on loopback; gives its process, the fragment of torrc to include and the SOCKS endpoint of a visitor. With
# -Bridge also a bridge line, for obfs4 where obfs4proxy is here, and the fragment to include with it.
function Start-TorNetwork([int] $Seconds = 300, [switch] $Bridge) {
    $program = Get-ChildItem (Join-Path $PSScriptRoot '../OnionShare.TorNetwork/bin/*/net10.0/OnionShare.TorNetwork.dll') |
        Sort-Object LastWriteTime | Select-Object -Last 1
    if (-not $program) { throw 'The private Tor network is not built: run dotnet build.' }
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    foreach ($part in @($program.FullName, '--client', '--seconds', "$Seconds") + @($Bridge ? '--bridge' : @())) { $start.ArgumentList.Add($part) }
    $process = [Diagnostics.Process]::Start($start)
    $lines = foreach ($number in 1..($Bridge ? 4 : 2)) {
        $line = $process.StandardOutput.ReadLineAsync()
        if (-not $line.Wait(120000) -or -not $line.Result) {
            $process.Kill()
            throw 'The private Tor network did not come up.'
        }
        $line.Result
    }
    [pscustomobject]@{
        Process = $process; Include = $lines[0]; Socks = $lines[1] -replace '^socks5:', 'socks5h:'
        BridgeInclude = $lines[2]; BridgeLine = $lines[3]
    }
}

# Takes a private Tor network down. Fails if it does not go.
function Stop-TorNetwork($Network) {
    if (-not $Network -or $Network.Process.HasExited) { return }
    kill -TERM $Network.Process.Id
    if (-not $Network.Process.WaitForExit(60000)) { throw 'The private Tor network did not end.' }
}

# Begins a download and then reads no more of it: a visitor with a very slow line. Dispose to hang up.
function Open-SlowDownload($Service) {
    $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $Service.Port)
    $login = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes("onionshare:$($Service.Password)"))
    $stream = $client.GetStream()
    $stream.ReadTimeout = $script:Limit.TotalMilliseconds
    $stream.Write([Text.Encoding]::ASCII.GetBytes("GET /download HTTP/1.1`r`nHost: $($Service.Address)`r`nAuthorization: Basic $login`r`n`r`n"))
    $null = $stream.Read([byte[]]::new(4096))
    $client
}

# A file too large for the buffers between the engine and a visitor who does not read. It takes no room on disk.
function New-LargeFile([string] $Path) {
    $stream = [IO.File]::Create($Path)
    $stream.SetLength(200MB)
    $stream.Dispose()
    Get-Item -LiteralPath $Path
}

# Starts another PowerShell that has the module; it runs the script and, unless that exits, stays until it is killed or disposed.
function Start-Session([string] $Script, [switch] $Stay) {
    $start = [Diagnostics.ProcessStartInfo]::new($script:Shell[0])
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $tail = if ($Stay) { '; $null = [Console]::In.ReadLine()' } else { '' }
    foreach ($part in @($script:Shell | Select-Object -Skip 1) + '-NoProfile' + '-NonInteractive' + '-Command' + "Import-Module '$script:Manifest'; $Script$tail") { $start.ArgumentList.Add($part) }
    [Diagnostics.Process]::Start($start)
}

# Runs a script in another PowerShell to its end and gives what it wrote.
function Invoke-Session([string] $Script) {
    $session = Start-Session $Script
    $session.StandardInput.Close()
    $errors = $session.StandardError.ReadToEndAsync()
    $output = $session.StandardOutput.ReadToEndAsync()
    # To the end of the streams, not of the process: whoever inherited them would keep a pipe behind the shell open.
    if (-not $output.Wait($script:Limit)) { throw 'The session, or something it started, still holds its output.' }
    if ($errors.Result) { throw $errors.Result }
    $output.Result.Trim()
}

Export-ModuleMember -Function *
