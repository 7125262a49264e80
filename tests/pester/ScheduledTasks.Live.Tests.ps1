BeforeDiscovery {
    $missing = if (-not $IsLinux -or (id -u) -ne 0) { 'root on Linux' }
    else { 'unshare', 'dbus-daemon', 'systemctl', 'curl', '/usr/lib/systemd/systemd' | Where-Object { -not (Get-Command $_ -CommandType Application -ErrorAction Ignore) } }
    if ($missing -and $env:ONIONSHARE_REQUIRE -split ',' -contains 'systemd') { throw "ONIONSHARE_REQUIRE names systemd, but there is no $missing." }
    if ($missing) { Write-Host "skipped: a live systemd needs $missing" }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    $place = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "onionshare-live-$([Guid]::NewGuid().ToString('N').Substring(0, 8))")).FullName
    $live = Join-Path $PSScriptRoot 'live'
}

AfterAll { Remove-Item -Recurse -Force -LiteralPath $place }

Describe 'A scheduled inbox under a live systemd' -Skip:([bool]$missing) {
    It 'opens by its timer, takes an upload, comes back after kill -9, closes by its timer, and leaves no unit' {
        $said = timeout 900 unshare --mount --propagation private bash "$live/user-manager.sh" $place `
            ([Environment]::ProcessPath) -NoProfile -NonInteractive -File "$live/scheduled-inbox.ps1" $place 2>&1
        $LASTEXITCODE | Should -Be 0 -Because ($said | Out-String)
        $seen = $said | Out-String | ConvertFrom-Json
        $seen.Upload | Should -Be 200
        $seen.Arrived | Should -Be 'letter.txt'
        $seen.LastResult | Should -Be 'Succeeded'
        $seen.UploadAgain | Should -Be 200
        $seen.Tasks | Should -Be 0
        $seen.Files | Should -Be 0
    }
}
