using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>Brings tor up, if it is not, and waits until its control port is there: what comes after that is watched by others.</summary>
internal sealed class TorOpening : IDisposable
{
    private readonly TorHost _host;
    private readonly TaskCompletionSource<(TorSession? Session, Problem? Problem)> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<TorSession, BootstrapWatch> _watch;
    private readonly Lock _lock = new();
    private BootstrapWatch? _watching;

    /// <summary>Begins to listen; nothing is brought up yet.</summary>
    /// <param name="host">The tor.</param>
    /// <param name="watch">Makes the watch of a tor, in the moment in which it appears: so it misses nothing.</param>
    public TorOpening(TorHost host, Func<TorSession, BootstrapWatch> watch)
    {
        (_host, _watch) = (host, watch);
        host.StatusChanged += Look;
    }

    /// <returns>The watch of the tor that is there; or why there is none.</returns>
    public async Task<(TorSession? Session, BootstrapWatch? Watch, Problem? Problem)> OpenAsync(CancellationToken cancellationToken)
    {
        // Lost is told before the next attempt, and may be old: it counts only when no tor is there.
        if (_host.Status is { State: TorState.Lost, Error: { } lost } && _host.Present is null)
            return (null, null, lost);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connecting = ConnectAsync(enough.Token);
        LookForSession();
        var (session, problem) = await _opened.Task.WaitAsync(cancellationToken);
        await enough.CancelAsync(); // only the wait for it: tor goes on
        await connecting;
        return (session, _watching, problem);
    }

    public void Dispose() => _host.StatusChanged -= Look;

    private async Task ConnectAsync(CancellationToken enough)
    {
        try
        {
            await _host.ConnectAsync(enough);
            LookForSession();
        }
        catch (ProblemException failure)
        {
            _opened.TrySetResult((null, failure.Problem));
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // Its control port is there, or nobody wants to know any more.
        }
    }

    private void Look(TorStatus status)
    {
        LookForSession();
        if (status is { State: TorState.Failed or TorState.Lost, Error: { } problem } && _host.Present is null)
            _opened.TrySetResult((null, problem));
    }

    private void LookForSession()
    {
        lock (_lock)
        {
            if (_watching is null && _host.Present is { } session)
            {
                _watching = _watch(session);
                _opened.TrySetResult((session, null));
            }
        }
    }
}
