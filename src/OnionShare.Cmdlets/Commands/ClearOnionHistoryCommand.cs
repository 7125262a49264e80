namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Clear-OnionHistory</c>: forgets what is over, on the disk and in the engine's memory.</summary>
[Cmdlet(VerbsCommon.Clear, "OnionHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class ClearOnionHistoryCommand : OnionCommand
{
    protected override async Task EndProcessingAsync()
    {
        if (!ShouldProcess("Ended services and transfers", "Forget")) return;
        if (await EngineAsync() is null && !File.Exists(StatePaths.HistoryFile())) return;
        await Engine.ClearHistoryAsync(StopToken);
    }
}
