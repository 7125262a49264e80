BeforeDiscovery {
    $missing = @('tor', 'tor-gencert', 'curl').Where({ -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) })
    if ($missing -and $env:ONIONSHARE_REQUIRE -split ',' -contains 'tor') { throw "There is no $missing, but ONIONSHARE_REQUIRE names tor." }
    if ($missing) { Write-Host "skipped: no $missing; apt install tor curl" }
}

Describe 'Over a private Tor network' -Skip:([bool]$missing) {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
        Import-Module (Get-TestModule)
        $place = New-TestHome
        $letter = Join-Path $place.Files 'letter.txt'
        $network = Start-TorNetwork
        $env:ONIONSHARE_TORRC_INCLUDE = $network.Include
        $socks = $network.Socks

        function Invoke-Visitor($Service, [string] $Path, [string[]] $More, [string] $Through = $socks) {
            $login = "onionshare:$($Service.Password)"
            curl -sS --max-time 60 -x $Through -u $login @More "http://$($Service.Address)$Path"
        }
    }

    AfterAll {
        Remove-TestHome $place
        Remove-Item Env:ONIONSHARE_TORRC_INCLUDE -ErrorAction Ignore
        Stop-TorNetwork $network
    }

    It 'all four modes answer at their onion addresses, those without the password are refused, and a stop takes an address down' {
        $jobs = @(
            Start-OnionShare $letter -AsJob -Name share
            Start-OnionReceive (Join-Path $place.Root 'inbox') -AsJob -Name receive
            Start-OnionWebsite $place.Files -AsJob -Name website
            Start-OnionChat -AsJob -Name chat
        )
        $all = @{}
        Wait-Until { @(Get-OnionService).Count -eq 4 } 'the engine knows all four'
        $null = Wait-OnionService * -State Running -Timeout 60 -ErrorAction Stop
        foreach ($service in Get-OnionService) { $all[$service.Name] = $service }
        $all.Values.Address | Should -Match '^[a-z2-7]{56}\.onion$'
        $all.Values.Address | Sort-Object -Unique | Should -HaveCount 4

        Invoke-Visitor $all.share '/download' | Should -BeExactly 'a letter'
        (Wait-OnionService ($all.share) -Timeout 60).StopReason | Should -Be 'Downloaded'
        Invoke-Visitor $all.receive '/upload' '-F', "file[]=@$letter", '-o', '/dev/null', '-w', '%{http_code}' | Should -Be 200
        Get-Content -Raw (Get-OnionTransfer receive).Path | Should -BeExactly 'a letter'
        Invoke-Visitor $all.website '/letter.txt' | Should -BeExactly 'a letter'
        Invoke-Visitor $all.chat '/' '-o', '/dev/null', '-w', '%{http_code}' | Should -Be 200
        Invoke-Visitor ([pscustomobject]@{ Address = $all.chat.Address }) '/' '-o', '/dev/null', '-w', '%{http_code}' | Should -Be 401

        Stop-OnionService website
        Invoke-Visitor $all.website '/letter.txt' 2>$null | Should -BeNullOrEmpty
        $LASTEXITCODE | Should -Not -Be 0
        $jobs | Remove-Job -Force
    }

    It 'a service that asks for client keys is reached with the right one only, until that is revoked' {
        $papers = Start-OnionShare $letter -Name papers -KeepSharing -RequireClientKey
        $papers.RequireClientKey | Should -BeTrue
        $access = Grant-OnionAccess papers laptop
        $null = Grant-OnionAccess papers phone
        (Get-OnionService papers).Clients | Should -Be 'laptop', 'phone'
        $holder = Start-KeyHolder $env:ONIONSHARE_TORRC_INCLUDE (New-Item -ItemType Directory (Join-Path $place.Root 'holder')) $access.AuthPrivate
        try {
            Invoke-Visitor $papers '/download' 2>$null | Should -BeNullOrEmpty
            $LASTEXITCODE | Should -Not -Be 0
            Invoke-Visitor $papers '/download' -Through $holder.Socks | Should -BeExactly 'a letter'
            Revoke-OnionAccess papers laptop
            (Get-OnionService papers).Clients | Should -Be 'phone'
            Invoke-Visitor $papers '/download' -Through $holder.Socks 2>$null | Should -BeNullOrEmpty
            $LASTEXITCODE | Should -Not -Be 0
        } finally {
            $holder.Process.Kill()
            $holder.Process.WaitForExit()
            $papers | Stop-OnionService -Force
        }
    }

    # Where SecretManagement is not installed its cmdlets are stood in for: what is tested here is the address, not the vault.
    It 'a service kept in a vault alone is the same after a restart: address, password and client keys' {
        $module = 'Microsoft.PowerShell.SecretManagement'
        $userHome, $env:HOME = $env:HOME, (New-Item -ItemType Directory (Join-Path $place.Root 'user')).FullName
        $vault = "Safe$PID"
        Import-Module (Join-Path $PSScriptRoot "vaults/stand-in/$module/$module.psd1")
        try {
            $folder = (New-Item -ItemType Directory (Join-Path $place.Root 'safe')).FullName
            Register-SecretVault -Name $vault -ModuleName (Join-Path $PSScriptRoot 'vaults/FolderVault') -VaultParameters @{ Folder = $folder }
            $papers = Start-OnionShare $letter -Name papers -KeepSharing -RequireClientKey -Vault $vault
            $access = Grant-OnionAccess papers laptop
            $null = Grant-OnionAccess papers phone
            Revoke-OnionAccess papers phone
            Stop-OnionEngine -Force
            Wait-Until { -not (Get-OnionEngine) } 'the engine has ended'
            Join-Path $place.State 'services' | Should -Not -Exist

            $again = Restore-OnionService papers -Vault $vault
            $again.Url | Should -BeExactly $papers.Url
            $again.Clients | Should -Be 'laptop'
            $holder = Start-KeyHolder $env:ONIONSHARE_TORRC_INCLUDE (New-Item -ItemType Directory (Join-Path $place.Root 'vault-holder')) $access.AuthPrivate
            try {
                Invoke-Visitor $again '/download' 2>$null | Should -BeNullOrEmpty
                Invoke-Visitor $again '/download' -Through $holder.Socks | Should -BeExactly 'a letter'
            } finally {
                $holder.Process.Kill()
                $holder.Process.WaitForExit()
            }
            $again | Stop-OnionService -Force
        } finally {
            Remove-Module $module
            $env:HOME = $userHome
        }
    }

    It 'a backend of an Onionbalance front answers visitors of the front and its own, and is the same after a restore' {
        $front = 'wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion'
        $backend = Start-OnionWebsite $place.Files -Name backend -OnionBalance $front -Password 'the same' -Save
        $backend.Url | Should -BeExactly "http://onionshare:the%20same@$front"
        $backend | Stop-OnionService
        $again = Restore-OnionService backend
        $again.Address | Should -BeExactly $backend.Address
        $again.Url | Should -BeExactly $backend.Url
        Invoke-Visitor $again '/letter.txt' | Should -BeExactly 'a letter'
        # What a visitor whom onionbalance led here says.
        Invoke-Visitor $again '/letter.txt' '-H', "Host: $front" | Should -BeExactly 'a letter'
        Invoke-Visitor $again '/letter.txt' '-H', 'Host: elsewhere.onion', '-o', '/dev/null', '-w', '%{http_code}' | Should -Be 421
        $folder = Join-Path $place.State "tor/onions/$($again.Address -replace '\.onion$')"
        Get-Content (Join-Path $folder 'ob_config') | Should -BeExactly "MasterOnionAddress $front"
        $again | Stop-OnionService
        $folder | Should -Not -Exist
        Remove-OnionService backend -Confirm:$false
    }

    It 'four processes and an inbox: started at its saved address, filled through tor, looked at, stopped; nothing is left running' {
        $inbox = Join-Path $place.Root 'saved inbox'
        $first = Start-OnionReceive $inbox -Name inbox -Save
        $first | Stop-OnionService
        $url = Invoke-Session '(Restore-OnionService inbox -Detach).Url'
        $url | Should -BeExactly $first.Url
        $engine = Get-OnionEngine
        $upload = "curl -sS --max-time 60 -x $socks -u $(([uri]$url).UserInfo) -F 'file[]=@$letter' -o /dev/null -w '%{http_code}' http://$($first.Address)/upload"
        Invoke-Session $upload | Should -Be 200
        Invoke-Session '(Get-OnionTransfer inbox -State Completed).Bytes' | Should -BeExactly '8'
        Invoke-Session 'Stop-OnionService inbox; Stop-OnionEngine'
        Wait-Until { -not (Get-Process -Id $engine.ProcessId, $engine.TorProcessId -ErrorAction Ignore) } 'the engine and its tor have ended'
        Get-Content -Raw (Get-ChildItem $inbox -Recurse -File) | Should -BeExactly 'a letter'
        Get-OnionService -Saved | Where-Object Running | Should -BeNullOrEmpty
    }
}
