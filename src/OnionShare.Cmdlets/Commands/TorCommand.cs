using System.Management.Automation;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands about tor have in common: how it stands, and progress while something takes its time.</summary>
public abstract class TorCommand : OnionCommand
{
    private const int ProgressId = 3;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private protected async Task<OnionTor> TorAsync() => new(await Engine.Tor.StatusAsync(StopToken), await Engine.Tor.SettingsAsync(StopToken));

    /// <summary>Shows how far tor is in connecting while <paramref name="work"/> goes on.</summary>
    private protected async Task<T> WatchTorAsync<T>(string activity, Func<Task<T>> work)
    {
        await Engine.EngineAsync(StopToken);
        var progress = new ProgressRecord(ProgressId, activity, "Starting tor");
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

    /// <summary>Shows that <paramref name="work"/> goes on, and for how long already.</summary>
    private protected async Task<T> ShowWaitAsync<T>(string activity, string status, Func<Task<T>> work)
    {
        var progress = new ProgressRecord(ProgressId, activity, status);
        var since = DateTime.UtcNow;
        try
        {
            var working = work();
            while (!working.IsCompleted && !StopToken.IsCancellationRequested)
            {
                progress.StatusDescription = $"{status} ({(DateTime.UtcNow - since).TotalSeconds:0} s)";
                WriteProgress(progress);
                await Task.WhenAny(working, Task.Delay(Tick, StopToken));
            }

            return await working;
        }
        finally
        {
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
                var step = TorProgress.Describe(tor);
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

    private void Complete(ProgressRecord progress)
    {
        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
    }
}
