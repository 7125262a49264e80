namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Test-OnionTor</c>: finds out what is wrong with tor, on the whole way from the program to one's own onion service.</summary>
[Cmdlet(VerbsDiagnostic.Test, "OnionTor")]
[OutputType(typeof(OnionTorCheck), typeof(bool))]
public sealed class TestOnionTorCommand : PipedTorCommand
{
    [Parameter(HelpMessage = "Give only $true, or $false when a check failed.")]
    public SwitchParameter Quiet { get; set; }

    private protected override async Task RunAsync()
    {
        var passed = await WatchTorAsync("Testing tor", CheckAsync);
        if (Quiet) WriteObject(passed);
    }

    private async Task<bool> CheckAsync()
    {
        var passed = true;
        await foreach (var check in Engine.Tor.TestAsync(StopToken))
        {
            passed &= check.Result != TorCheckResult.Failed;
            var shown = new OnionTorCheck(check);
            if (Quiet) WriteVerbose($"{shown}. {shown.Detail} {shown.Advice}".TrimEnd());
            else WriteObject(shown);
        }

        return passed;
    }
}
