# The guides speak of what there is.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support.psm1') -Force
    Import-Module (Get-TestModule)
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $pages = @(Get-Item (Join-Path $root 'README.md')) + @(Get-ChildItem (Join-Path $root 'docs/*.md'))
}

Describe 'The guides' {
    It 'lead with every link inside the source to something that is there' {
        $dead = foreach ($page in $pages) {
            foreach ($link in [regex]::Matches((Get-Content -Raw $page), '\]\((?!https?:)([^)#]+)')) {
                if (-not (Test-Path (Join-Path $page.DirectoryName $link.Groups[1].Value))) { "$($page.Name): $($link.Groups[1].Value)" }
            }
        }
        $dead | Should -BeNullOrEmpty
    }

    It 'name only cmdlets and parameters of this module that there are' {
        $module = (Get-Module OnionShare).ExportedCmdlets
        $wrong = foreach ($page in $pages) {
            foreach ($code in [regex]::Matches((Get-Content -Raw $page), '`([A-Z][a-z]+-Onion\w+)([^`\n]*)`')) {
                $cmdlet = $module[$code.Groups[1].Value]
                if (-not $cmdlet) { "$($page.Name): $($code.Groups[1].Value)"; continue }
                foreach ($parameter in [regex]::Matches(($code.Groups[2].Value -replace '[|].*'), ' -([A-Z]\w+)')) {
                    if (-not $cmdlet.Parameters.ContainsKey($parameter.Groups[1].Value)) { "$($page.Name): $($code.Value)" }
                }
            }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'explain errors by ids that the cmdlets give' {
        $codes = foreach ($type in [OnionShare.Contracts.ProblemCodes], [OnionShare.OnionService].Assembly.GetType('OnionShare.Cmdlets.LocalCodes')) {
            $type.GetFields('Static, Public, NonPublic') | ForEach-Object { $_.GetRawConstantValue() }
        }
        $ids = $codes | ForEach-Object { -join ($_ -split '-' | ForEach-Object { $_.Substring(0, 1).ToUpperInvariant() + $_.Substring(1) }) }
        $text = Get-Content -Raw (Join-Path $root 'docs/troubleshooting.md')
        $explained = [regex]::Matches($text, '(?m)^\|[^|]*`([A-Z]\w+)` \|').ForEach({ $_.Groups[1].Value }) | Where-Object { $_ -notin 'OwnerEnded', 'PasswordGuessing' }
        $explained.Count | Should -BeGreaterThan 35
        $explained | Where-Object { $_ -notin $ids } | Should -BeNullOrEmpty
    }
}
