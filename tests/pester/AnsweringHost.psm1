# A host that answers what it is asked, so that what commands ask a person can be tested.
using namespace System.Collections.ObjectModel
using namespace System.Management.Automation
using namespace System.Management.Automation.Host

[NoRunspaceAffinity()]
class AnsweringUI : PSHostUserInterface {
    [int] $Answer
    [Collections.Generic.Queue[string]] $Secrets = @()
    [Collections.Generic.List[string]] $Asked = @()
    hidden [string] $Line = ''

    [PSHostRawUserInterface] get_RawUI() { return $null }
    [int] PromptForChoice([string] $caption, [string] $message, [Collection[ChoiceDescription]] $choices, [int] $default) {
        $this.Asked.Add("$caption`n$message`n$($choices.Label -join ' ')`n$default")
        return $this.Answer
    }
    [Collections.Generic.Dictionary[string, PSObject]] Prompt([string] $caption, [string] $message, [Collection[FieldDescription]] $fields) { throw 'not asked for' }
    [PSCredential] PromptForCredential([string] $caption, [string] $message, [string] $user, [string] $target) { throw 'not asked for' }
    [PSCredential] PromptForCredential([string] $caption, [string] $message, [string] $user, [string] $target, [PSCredentialTypes] $types, [PSCredentialUIOptions] $options) { throw 'not asked for' }
    [string] ReadLine() { throw 'not asked for' }
    [securestring] ReadLineAsSecureString() {
        $this.Asked.Add($this.Line)
        $this.Line = ''
        $typed = [securestring]::new()
        foreach ($character in $this.Secrets.Dequeue().ToCharArray()) { $typed.AppendChar($character) }
        return $typed
    }
    [void] Write([string] $value) { $this.Line = $value }
    [void] Write([ConsoleColor] $foreground, [ConsoleColor] $background, [string] $value) { }
    [void] WriteLine([string] $value) { }
    [void] WriteErrorLine([string] $value) { }
    [void] WriteDebugLine([string] $message) { }
    [void] WriteVerboseLine([string] $message) { }
    [void] WriteWarningLine([string] $message) { }
    [void] WriteProgress([long] $source, [ProgressRecord] $record) { }
}

[NoRunspaceAffinity()]
class AnsweringHost : PSHost {
    [AnsweringUI] $Answers = [AnsweringUI]::new()
    [guid] $Id = [guid]::NewGuid()

    [string] get_Name() { return 'AnsweringHost' }
    [version] get_Version() { return '1.0' }
    [guid] get_InstanceId() { return $this.Id }
    [PSHostUserInterface] get_UI() { return $this.Answers }
    [cultureinfo] get_CurrentCulture() { return [cultureinfo]::InvariantCulture }
    [cultureinfo] get_CurrentUICulture() { return [cultureinfo]::InvariantCulture }
    [void] SetShouldExit([int] $code) { }
    [void] EnterNestedPrompt() { }
    [void] ExitNestedPrompt() { }
    [void] NotifyBeginApplication() { }
    [void] NotifyEndApplication() { }
}

# Runs a script with the module in a session whose person gives this answer to each choice, and types these secrets one after the other. Asked: what
# was asked, each choice its caption, message, choices and default in lines; Output; Refusal: the error that ended it, null for none.
function Invoke-Asking([string] $Module, [int] $Answer, [string] $Script, [string[]] $Secrets = @()) {
    $person = [AnsweringHost]::new()
    $person.Answers.Answer = $Answer
    foreach ($secret in $Secrets) { $person.Answers.Secrets.Enqueue($secret) }
    $runspace = [runspacefactory]::CreateRunspace($person)
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    $refusal = $null
    $output = @()
    try {
        $null = $shell.AddScript("`$ErrorActionPreference = 'Stop'; Import-Module '$Module'; $Script")
        try { $output = @($shell.Invoke()) } catch { $refusal = ($_.Exception.InnerException ?? $_.Exception).ErrorRecord }
    } finally {
        $shell.Dispose()
        $runspace.Dispose()
    }
    [pscustomobject]@{ Asked = $person.Answers.Asked.ToArray(); Output = $output; Refusal = $refusal }
}

Export-ModuleMember -Function *
