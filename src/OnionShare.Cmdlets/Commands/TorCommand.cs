using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands about tor have in common: how it stands, and how far it is in connecting.</summary>
public abstract class TorCommand : OnionCommand
{
    private protected async Task<OnionTor> TorAsync() => new(await Engine.Tor.StatusAsync(StopToken), await Engine.Tor.SettingsAsync(StopToken));

    private protected Task<IReadOnlyList<BridgeOffer>> AskTorProjectAsync(BridgeRequest request) => ShowWaitAsync(
        "Asking the Tor Project for bridges", $"Through {request.Route}", () => Engine.Tor.RequestBridgesAsync(request, StopToken));

    /// <summary>Shows how far tor is in connecting while <paramref name="work"/> goes on.</summary>
    private protected async Task<T> WatchTorAsync<T>(string activity, Func<Task<T>> work)
    {
        await Engine.EngineAsync(StopToken);
        var progress = new ProgressRecord(WaitId, activity, "Starting tor");
        using var done = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var showing = ShowTorAsync(progress, done.Token);
        try
        {
            return await work();
        }
        finally
        {
            await done.CancelAsync();
            await showing;
            Complete(progress);
        }
    }

    private async Task ShowTorAsync(ProgressRecord progress, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var change in Engine.Running.EventsAsync(cancellationToken))
            {
                if (change is not TorChanged { Tor: var tor }) continue;
                var step = StartProgress.Of(tor);
                if (progress.StatusDescription != step.Text) WriteVerbose(step.Text + ".");
                progress.StatusDescription = step.Text;
                progress.PercentComplete = step.Percent;
                WriteProgress(progress);
            }
        }
        catch (Exception exception) when (exception is ProblemException or OperationCanceledException)
        {
            // What is shown ends with the work, and the work itself tells of an engine that is gone.
        }
    }
}
