namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Stop-OnionEngine</c>: stops the engine and with it every service of this user.</summary>
[Cmdlet(VerbsLifecycle.Stop, "OnionEngine", SupportsShouldProcess = true)]
public sealed class StopOnionEngineCommand : OnionCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    [Parameter(HelpMessage = "Cut the transfers that are under way.")]
    public SwitchParameter Force { get; set; }

    protected override async Task EndProcessingAsync()
    {
        if (await EngineAsync() is not { } client) return;
        var engine = new OnionEngine(await client.EngineAsync(StopToken));
        if (!ShouldProcess($"{engine} with {engine.Services} service(s)", "Stop")) return;

        await client.StopEngineAsync(Force, StopToken);
        while (await client.IsThereAsync(StopToken)) await Task.Delay(Pause, StopToken);
    }
}
