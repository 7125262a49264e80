BeforeDiscovery {
    $gpg = [bool](Get-Command gpg -CommandType Application -ErrorAction Ignore)
    if (-not $gpg) { Write-Host 'skipped: no gpg; apt install gpg' }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $program = Join-Path $place.State 'tor-program'

    function Get-Refusal([scriptblock] $Action) {
        try { & $Action | Out-Null } catch { return $_ }
        throw 'It was not refused.'
    }
}

AfterAll { Remove-TestHome $place }

Describe 'Install-OnionTor' {
    It 'says where nobody answers, and what to do' -Skip:(-not $gpg) {
        $refusal = Get-Refusal { Install-OnionTor -Source http://127.0.0.1:9/ }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'InstallFailed,*'
        $refusal.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        "$refusal" | Should -BeLike '*127.0.0.1:9*'
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*-Source*'
    }
}

Describe 'Install-OnionTor from a stand-in for the download site' -Skip:(-not $gpg) {
    BeforeAll {
        # A release as the Tor Project makes them, but signed by somebody else.
        $site = New-Item -ItemType Directory (Join-Path $place.Root 'site/15.0.3')
        $system = $IsWindows ? 'windows' : $IsMacOS ? 'macos' : 'linux'
        $processor = [Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture -eq 'Arm64' -and -not $IsWindows ? 'aarch64' : 'x86_64'
        $archive = Join-Path $site "tor-expert-bundle-$system-$processor-15.0.3.tar.gz"
        $content = New-Item -ItemType Directory (Join-Path $place.Root 'content/tor')
        Set-Content (Join-Path $content 'tor') '#!/bin/sh'
        tar -czf $archive -C $content.Parent.FullName tor
        $sums = Join-Path $site 'sha256sums-signed-build.txt'
        Set-Content $sums "$((Get-FileHash $archive).Hash.ToLower())  $(Split-Path -Leaf $archive)"
        $ring = New-Item -ItemType Directory (Join-Path $place.Root 'ring')
        if (-not $IsWindows) { chmod 700 $ring }
        $options = @('--homedir', $ring.FullName, '--batch', '--quiet', '--yes', '--pinentry-mode', 'loopback', '--passphrase', '')
        gpg @options --quick-gen-key 'somebody@example.org' ed25519 sign never 2>$null
        gpg @options --armor --output "$sums.asc" --detach-sign $sums
        gpg @options --output (Join-Path $place.Root 'site/key') --export somebody@example.org
        gpgconf --homedir $ring.FullName --kill gpg-agent

        # Serves the files, and folders as lists of links.
        $listener = [Net.HttpListener]::new()
        $port = 18000 + $PID % 2000
        while (-not $listener.IsListening) {
            $listener = [Net.HttpListener]::new()
            $listener.Prefixes.Add("http://127.0.0.1:$((++$port))/")
            try { $listener.Start() } catch [Net.HttpListenerException] { Write-Verbose "$port is taken." }
        }
        $address = "http://127.0.0.1:$port"
        $server = [powershell]::Create()
        $null = $server.AddScript({
                param($Listener, $Root)
                while ($Listener.IsListening) {
                    try { $context = $Listener.GetContext() } catch { return }
                    $path = Join-Path $Root $context.Request.Url.AbsolutePath
                    [byte[]] $bytes = if (Test-Path $path -PathType Container) {
                        $names = Get-ChildItem $path | ForEach-Object { $_.Name + ($_.PSIsContainer ? '/' : '') }
                        [Text.Encoding]::UTF8.GetBytes('<pre>' + ($names | ForEach-Object { "<a href='$_'>$_</a> 2025-11-21 10:00" -replace "'", '"' }) + '</pre>')
                    } elseif (Test-Path $path) { [IO.File]::ReadAllBytes($path) } else { $context.Response.StatusCode = 404; @() }
                    $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
                    $context.Response.Close()
                }
            }).AddArgument($listener).AddArgument((Split-Path $site))
        $null = $server.BeginInvoke()
    }

    AfterAll {
        $listener.Close()
        $server.Dispose()
    }

    It 'refuses what somebody else has signed; nothing of it stays' {
        $refusal = Get-Refusal { Install-OnionTor -Source $address -KeySource $address/key }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'InstallRefused,*'
        $refusal.CategoryInfo.Category | Should -Be 'SecurityError'
        "$refusal" | Should -BeLike '*thrown away*'
        Get-ChildItem $program -Recurse -File | Where-Object Name -Match 'tor' | Should -BeNullOrEmpty
    }

    It 'refuses it with -WithoutSignature, too: where gpg is, that has no meaning' {
        (Get-Refusal { Install-OnionTor -Source $address -KeySource $address/key -WithoutSignature }).FullyQualifiedErrorId | Should -BeLike 'InstallRefused,*'
    }

    It 'says when there is no signature' {
        Remove-Item "$sums.asc"
        $refusal = Get-Refusal { Install-OnionTor -Source $address -KeySource $address/key }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'InstallRefused,*'
        "$refusal" | Should -BeLike '*no signature*'
        Get-ChildItem $program -Recurse -File | Where-Object Name -Match 'tor' | Should -BeNullOrEmpty
    }
}
