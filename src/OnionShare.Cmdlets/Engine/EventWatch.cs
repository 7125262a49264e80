namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// Listens to whichever engine runs, and to the next one when that ends. What happened while nobody listened, because events were
/// lost or an engine started in between, is made up for from the present state.
/// </summary>
internal sealed class EventWatch(string socket, EventSieve sieve)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _trouble;

    /// <summary>Completes when it listens, or has found that no engine runs.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Returns when cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What is there when listening begins is no news; what is there when an engine comes later is.
        var isNews = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(isNews, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ProblemException exception)
            {
                Report(exception.Problem);
            }
            catch (Exception exception)
            {
                // Nobody awaits this loop: a subscriber that throws is told of by the next event, not lost in silence.
                Report(new Problem(ProblemCodes.Internal, $"Listening to the engine failed: {exception.Message}"));
            }

            sieve.Forget();
            isNews = true;
            _ready.TrySetResult();
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(bool isNews, CancellationToken cancellationToken)
    {
        // Asking a socket that is not there costs an exception each time.
        if (!Path.Exists(socket)) return;
        using var client = new EngineClient(socket);
        await foreach (var change in client.EventsAsync(cancellationToken, transfers: true))
        {
            sieve.Take(change, isNews || !change.IsSnapshot);
            if (change is not SnapshotTold) continue;
            isNews = true;
            _trouble = null;
            _ready.TrySetResult();
        }
    }

    private void Report(Problem problem)
    {
        // That no engine runs, or that it ended, is no trouble: the next one will be listened to.
        if (problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone || problem.Detail == _trouble) return;
        _trouble = problem.Detail;
        sieve.Tell(problem);
    }
}
