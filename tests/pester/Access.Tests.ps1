BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $place = New-TestHome
    $room = Import-OnionService (New-KeyFolder (Join-Path $place.Root 'key')) -Name room -Mode Chat -RequireClientKey

    function Get-Refusal([scriptblock] $Action) {
        try { & $Action | Out-Null } catch { return $_ }
        throw 'It was not refused.'
    }

    function ConvertFrom-Base32([string] $Text) {
        $bits = -join $Text.ToCharArray().ForEach({ [Convert]::ToString('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.IndexOf([char]::ToUpperInvariant($_)), 2).PadLeft(5, '0') })
        for ($i = 0; $i + 8 -le $bits.Length; $i += 8) { [Convert]::ToByte($bits.Substring($i, 8), 2) }
    }
}

AfterAll { Remove-TestHome $place }

Describe 'Grant-OnionAccess' {
    AfterEach {
        $clients = (Get-OnionService room -Saved).Clients
        if ($clients) { Revoke-OnionAccess room $clients }
    }

    It 'gives the private key once, in three forms that are the same key' {
        $access = Grant-OnionAccess room laptop
        $access | Should -BeOfType OnionShare.OnionAccess
        $access.Service | Should -BeExactly 'room'
        $access.Address | Should -BeExactly $room.Address
        $access.PrivateKey | Should -Match '^[A-Z2-7]{52}$'
        $access.AuthPrivate | Should -BeExactly "$($room.Address -replace '\.onion$'):descriptor:x25519:$($access.PrivateKey)"
        $access.ClientKey | Should -BeLike 'x25519:*'
        [Convert]::ToBase64String((ConvertFrom-Base32 $access.PrivateKey)) | Should -BeExactly ($access.ClientKey -replace '^x25519:')
        "$access" | Should -BeExactly 'laptop'
        $shown = $access | Out-String -Width 200
        foreach ($form in $access.PrivateKey, $access.AuthPrivate, $access.ClientKey) { $shown | Should -Match ([regex]::Escape($form)) }

        # From here on there is its name, and nowhere the key.
        $saved = Get-OnionService room -Saved
        $saved.Clients | Should -Be 'laptop'
        ($saved | Format-List * | Out-String -Width 500) + ($saved | Out-String) + ($saved | ConvertTo-Json -Depth 5) |
            Should -Not -Match $access.PrivateKey
        Get-ChildItem -Recurse -File (Join-Path $place.State 'services') | Get-Content -Raw | Should -Not -Match $access.PrivateKey
    }

    It 'gives each client of each service a key of its own' {
        $other = Import-OnionService (New-KeyFolder (Join-Path $place.Root 'second')) -Name second -Mode Chat -RequireClientKey
        $all = $room, $other | Grant-OnionAccess -Client alice, bob
        $all | ForEach-Object { "$($_.Service) $($_.Client)" } | Should -Be 'room alice', 'room bob', 'second alice', 'second bob'
        $all.PrivateKey | Sort-Object -Unique | Should -HaveCount 4
        Remove-OnionService second -Confirm:$false
    }

    It 'takes the public half of a key the visitor has made, and then has no secret to give' {
        $theirs = Grant-OnionAccess room maker
        Revoke-OnionAccess room maker
        $access = Grant-OnionAccess room bob -PublicKey $theirs.PublicKey
        $access.PublicKey | Should -BeExactly $theirs.PublicKey
        $access.PrivateKey, $access.AuthPrivate, $access.ClientKey | Should -Be $null, $null, $null
        { Grant-OnionAccess room x, y -PublicKey $theirs.PublicKey } | Should -Throw '-PublicKey is the key of one client*'
    }

    It 'grants nothing with -WhatIf' {
        Grant-OnionAccess room laptop -WhatIf | Should -BeNullOrEmpty
        (Get-OnionService room -Saved).Clients | Should -BeNullOrEmpty
    }

    It 'refuses a name that is taken, and works on the other names' {
        $null = Grant-OnionAccess room laptop
        $granted = Grant-OnionAccess room laptop, phone -ErrorAction SilentlyContinue -ErrorVariable problem
        $granted.Client | Should -Be 'phone'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ClientNameInUse,*'
        $problem[0].CategoryInfo.Category | Should -Be 'ResourceExists'
        (Get-OnionService room -Saved).Clients | Should -Be 'laptop', 'phone'
    }

    It 'refuses <Id>: <Why>' -ForEach @(
        @{ Id = 'ServiceNotFound'; Why = 'a service that is not there'; Action = { Grant-OnionAccess nobody laptop -ErrorAction Stop } }
        @{ Id = 'InvalidRequest'; Why = 'a name that can not be shown'; Action = { Grant-OnionAccess room "a`e[2Jb" -ErrorAction Stop } }
        @{ Id = 'InvalidRequest'; Why = 'a public key that is none'; Action = { Grant-OnionAccess room x -PublicKey AAAA -ErrorAction Stop } }
        @{ Id = 'ParameterArgumentValidationError'; Why = 'an empty name'; Action = { Grant-OnionAccess room '' } }
    ) {
        (Get-Refusal $Action).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        (Get-OnionService room -Saved).Clients | Should -BeNullOrEmpty
    }

    It 'says of a service that asks for no keys how to make it ask' {
        $service = Start-OnionChat -LocalOnly -Name open
        $refusal = Get-Refusal { Grant-OnionAccess open laptop -ErrorAction Stop }
        $refusal.ToString() | Should -BeLike "'open' asks for no client keys*"
        $refusal.ErrorDetails.RecommendedAction | Should -BeLike '*-RequireClientKey*'
        $service | Stop-OnionService
        { Start-OnionChat -LocalOnly -RequireClientKey } | Should -Throw "-LocalOnly and -RequireClientKey can't be used together.*"
    }
}

Describe 'Revoke-OnionAccess' {
    It 'takes a key away by its name, which tab completes' {
        $null = Grant-OnionAccess room laptop, 'Alice''s phone'
        $line = 'Revoke-OnionAccess room al'
        $match = (TabExpansion2 $line $line.Length).CompletionMatches
        $match.CompletionText | Should -BeExactly "'Alice''s phone'"
        $match.ToolTip | Should -BeExactly 'Client key of room'
        Revoke-OnionAccess room laptop -WhatIf
        (Get-OnionService room -Saved).Clients | Should -HaveCount 2
        Get-OnionService -Saved | Revoke-OnionAccess -Client laptop | Should -BeNullOrEmpty
        (Get-OnionService room -Saved).Clients | Should -BeExactly "Alice's phone"
        $refusal = Get-Refusal { Revoke-OnionAccess room laptop -ErrorAction Stop }
        $refusal.FullyQualifiedErrorId | Should -BeLike 'ClientNotFound,*'
        $refusal.CategoryInfo.Category | Should -Be 'ObjectNotFound'
    }
}
