#requires -Version 7.6
<#
.SYNOPSIS
Runs the first minute of a user at a terminal of 80 columns and 24 rows, and puts what it shows into README.md and docs/screenshots/watch.png.
.DESCRIPTION
Everything is real: PowerShell in tmux, tor in a private network on this computer (tests/OnionShare.TorNetwork), a visitor with curl through it. Nothing
of it is typed by hand. Build the solution first; needs tmux, tor, curl and, for the picture, chromium. Linux and macOS.
.EXAMPLE
pwsh docs/first-minute.ps1
#>
param([switch] $NoPicture)
$ErrorActionPreference = 'Stop'
$root = Split-Path $PSScriptRoot
Import-Module (Join-Path $root 'tests/pester/Support.psm1')
$place = New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "first-minute-$PID")
$socket = "first-minute-$PID"
$shell = (Get-Process -Id $PID).Path

function Get-Screen([switch] $History, [switch] $Colors) {
    (& tmux -L $socket capture-pane -p @($History ? '-S', '-' : @()) @($Colors ? '-e' : @())) -join "`n" -replace '\s+\z'
}

# Types a line and waits until the screen shows what it leads to.
function Send-Line([string] $Line, [string] $Until) {
    & tmux -L $socket send-keys -l $Line
    & tmux -L $socket send-keys Enter
    Wait-Until { (Get-Screen -History) -match $Until } "$Line → $Until"
}

# The colors of a terminal as HTML: only those SGR codes (ECMA-48 §8.3.117) that the view uses.
function ConvertTo-Page([string] $Text) {
    $colors = @{ 31 = '#f14c4c'; 32 = '#4ec76a'; 33 = '#e5c04b' }
    $style = @{}
    $html = [regex]::Replace($Text, '\e\[([\d;]*)m|([^\e]+)', {
            param($match)
            if ($match.Groups[2].Success) {
                $css = ($style.GetEnumerator() | ForEach-Object { "$($_.Key):$($_.Value)" }) -join ';'
                return "<span style='$css'>$([Net.WebUtility]::HtmlEncode($match.Groups[2].Value))</span>"
            }
            foreach ($code in $match.Groups[1].Value -split ';') {
                switch ([int]"0$code") {
                    0 { $style.Clear() }
                    1 { $style['font-weight'] = 'bold' }
                    2 { $style['opacity'] = '.6' }
                    22 { $style.Remove('font-weight'); $style.Remove('opacity') }
                    39 { $style.Remove('color') }
                    { $colors.ContainsKey($_) } { $style['color'] = $colors[$_] }
                }
            }
        })
    "<!doctype html><meta charset=utf-8><body style='margin:0;background:#1b1d23'><pre style='margin:12px;color:#e6e6e6;font:15px/19px `"DejaVu Sans Mono`",Menlo,monospace'>$html</pre>"
}

$network = Start-TorNetwork -Seconds 600
try {
    $reports = New-Item -ItemType Directory (Join-Path $place 'Reports')
    Set-Content (Join-Path $reports 'summary.txt') ('All is well. ' * 400)
    $film = [byte[]]::new(24MB)
    [Random]::new(1).NextBytes($film)
    [IO.File]::WriteAllBytes((Join-Path $reports 'interview.mp4'), $film)
    $setup = "Import-Module '$root/module/OnionShare.psd1'; function prompt { 'PS ~> ' }; Set-PSReadLineOption -PredictionSource None; Set-Location; Clear-Host"
    & tmux -L $socket -f /dev/null new-session -d -x 80 -y 24 env "HOME=$place" "ONIONSHARE_HOME=$place/state" "ONIONSHARE_TORRC_INCLUDE=$($network.Include)" `
        LANG=C.UTF-8 COLORTERM= $shell -NoProfile -NoLogo -NoExit -Command $setup
    Wait-Until { (Get-Screen) -match '^PS ~> $|^PS ~>$' } 'the prompt'

    Send-Line 'Get-ChildItem Reports | Start-OnionShare -KeepSharing' -Until '(?s)Password : \S+.*PS ~>$'
    $url = [regex]::Match(((Get-Screen -History) -replace "`n"), 'http://onionshare:[a-z-]+@[a-z2-7]{56}\.onion').Value
    curl -sS --max-time 100 -x $network.Socks "$url/summary.txt" -o (Join-Path $place 'fetched') | Out-Null
    $login = [regex]::Match($url, '//(.+)@(.+)$').Groups
    $page = curl -sS --max-time 100 -x $network.Socks -u $login[1].Value "http://$($login[2].Value)/"
    $file = [regex]::Match("$page", 'href="([^"]*summary\.txt[^"]*)"').Groups[1].Value
    curl -sS --max-time 100 -x $network.Socks -u $login[1].Value "http://$($login[2].Value)$file" -o (Join-Path $place 'fetched')
    Send-Line 'Get-OnionService' -Until '(?s)Age/End.*PS ~>$'
    Send-Line 'Get-OnionTransfer' -Until '(?s)Direction.*PS ~>$'
    $text = (Get-Screen -History) -replace '\s*PS ~>\s*\z'

    $readme = Join-Path $root 'README.md'
    $block = "<!-- first minute: by docs/first-minute.ps1 -->`n``````text`n$text`n```````n<!-- end of the first minute -->"
    $all = Get-Content -Raw $readme
    $marked = '(?s)<!-- first minute: by docs/first-minute\.ps1 -->.*?<!-- end of the first minute -->'
    if ($all -notmatch $marked) { throw 'README.md has no place for the first minute.' }
    [IO.File]::WriteAllText($readme, [regex]::Replace($all, $marked, { $block }))

    if (-not $NoPicture) {
        Send-Line 'Start-OnionReceive Inbox -Name inbox | Out-Null; Clear-Host; Watch-OnionService' -Until 'q quit'
        $visitor = Start-Process curl -PassThru -ArgumentList '-sS', '--limit-rate', '900k', '-x', $network.Socks, '-u', $login[1].Value, "http://$($login[2].Value)/download", '-o', '/dev/null'
        Wait-Until { (Get-Screen) -match '(?m)↓.*\b([2-9]\d) %' } 'a good part is downloaded'
        $html = Join-Path $place 'watch.html'
        Set-Content $html (ConvertTo-Page (Get-Screen -Colors))
        $picture = Join-Path $root 'docs/screenshots/watch.png'
        $options = '--headless', '--hide-scrollbars', '--force-device-scale-factor=1', '--window-size=748,480', "--screenshot=$picture"
        & chromium @options @((id -u) -eq 0 ? '--no-sandbox' : @()) $html *> (Join-Path $place 'chromium.txt')
        $visitor.Kill()
        & tmux -L $socket send-keys q
    }
} finally {
    # The session takes its services with it.
    & tmux -L $socket kill-server
    $env:ONIONSHARE_HOME = Join-Path $place 'state'
    Import-Module (Join-Path $root 'module/OnionShare.psd1')
    if (Get-OnionEngine) { Stop-OnionEngine -Force }
    Stop-TorNetwork $network
    Remove-Item -Recurse -Force $place
}
