namespace OnionShare.Engine.Cli.Watching;

/// <summary>Keeps the board as the engine says: whichever runs, and the next one when that ends. It starts none.</summary>
internal sealed class WatchFollower(WatchBoard board)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Visitors are counted without an event each.
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(2);

    /// <summary>Returns when cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ProblemException gone) when (gone.Problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone)
            {
                // It ended while it was asked.
            }
            catch (ProblemException trouble)
            {
                board.Trouble(trouble.Problem.ToString());
            }

            board.EngineGone();
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks for the end of a service; what is refused, or fails, is told.</summary>
    public async Task StopAsync(ServiceStatus service, bool force)
    {
        try
        {
            using var engine = await EngineConnection.FindAsync(CancellationToken.None);
            if (engine is null) return;
            using var stopping = await engine.SendAsync(HttpMethod.Delete, Routes.Service(service.Id) + (force ? "?force=true" : ""), null, CancellationToken.None);
        }
        catch (ProblemException refused)
        {
            board.Say(RemoteText.Show(refused.Problem.ToString()));
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var engine = await EngineConnection.FindAsync(cancellationToken);
        if (engine is null) return;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var counting = CountAsync(engine, ended.Token);
        try
        {
            using var events = await engine.SendAsync(HttpMethod.Get, Routes.Events + "?transfers=true", null, cancellationToken);
            await foreach (var happened in EngineConnection.EventsAsync<EngineEvent>(events, cancellationToken)) board.Take(happened);
        }
        finally
        {
            await ended.CancelAsync();
            await counting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CountAsync(EngineConnection engine, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CountEvery);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var service in await engine.SendAsync<IReadOnlyList<ServiceStatus>>(HttpMethod.Get, Routes.Services, null, cancellationToken))
                board.Count(service);
        }
    }
}
