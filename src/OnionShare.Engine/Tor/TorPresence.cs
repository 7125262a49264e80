using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor;

/// <summary>
/// Whether there is a tor, and how it stands; nothing else knows. Off → Starting → Bootstrapping → Connected. From any of these to Lost: a silent tor comes
/// back from there to where it was, after one that is gone the next is started. Failed when none can be had and no onion waits for one.
/// </summary>
internal sealed class TorPresence(HeartbeatTimes heartbeat, Action<TorSettings> connected, TimeProvider time, ILogger logger)
{
    // The first at once: most often a tor ends once, and the next one stays.
    private static readonly TimeSpan[] Delays = [.. new[] { 0, 1, 2, 5, 10, 30, 60 }.Select(s => TimeSpan.FromSeconds(s))];
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly HashSet<Onion> _onions = [];
    private volatile TorStatus _status = new() { State = TorState.Off };
    private volatile TorSession? _session;
    private volatile TorSettings? _settings;
    private TaskCompletionSource<TorSession> _connected = New();
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Raised after every change of the status, in their order, under a lock: a listener must not wait for anything.</summary>
    public event Action<TorStatus>? Changed;

    public TorStatus Status => _status;

    /// <summary>The tor that is there, whether it is connected yet or not, whether it answers or not; null when there is none.</summary>
    public TorSession? Session => _session;

    /// <summary>The settings in use; null when nothing was begun.</summary>
    public TorSettings? Settings => _settings;

    /// <summary>Whether there is a tor, or one is on its way.</summary>
    public bool IsKept => _settings is not null && _status.State != TorState.Failed;

    /// <summary>How the first attempt went: completes when tor is connected, fails with a <see cref="ProblemException"/> when it could not be had.</summary>
    public Task First { get; private set; } = Task.CompletedTask;

    /// <summary>The tor that is connected; completes when there is one, fails when there will be none.</summary>
    public Task<TorSession> Connected
    {
        get { lock (_lock) return _connected.Task; }
    }

    /// <summary>What is wrong with bridges or proxy, now that tor has had its time; null when that is not what keeps it from connecting.</summary>
    public NetworkTrouble? NetworkTrouble => _session is { } session ? TroubleOf(session, waited: true) : null;

    public IReadOnlyList<Onion> Onions
    {
        get { lock (_lock) return [.. _onions]; }
    }

    /// <summary>Has an onion published on every tor that comes.</summary>
    public void Add(Onion onion)
    {
        lock (_lock) _onions.Add(onion);
    }

    public void Remove(Onion onion)
    {
        lock (_lock) _onions.Remove(onion);
    }

    /// <summary>Begins to keep a tor up, when the one before has been let go. Not to be called twice at a time.</summary>
    /// <param name="settings">What the source was picked by.</param>
    /// <param name="source">The way to it; disposed at the end.</param>
    public void Begin(TorSettings settings, ITorSource source)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_settings, First, _stop) = (settings, first.Task, new CancellationTokenSource());
        var stop = _stop.Token;
        Tell(Starting);
        _running = Task.Run(() => KeepAsync(settings, source, first, stop), CancellationToken.None);
    }

    /// <summary>Takes tor down, or leaves it when it is somebody else's.</summary>
    public async Task LetGoAsync()
    {
        var running = _running;
        (_settings, _running) = (null, Task.CompletedTask);
        await _stop.CancelAsync();
        await running;
    }

    public void Tell(Func<TorStatus, TorStatus> change)
    {
        lock (_lock) Set(_session, change);
    }

    /// <summary>Hands that tor to nobody any more.</summary>
    public void Forget(TorSession session)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_session, session))
                Set(null, status => status);
        }
    }

    /// <summary>There will be none any more.</summary>
    public void Close()
    {
        lock (_lock) Fail(new ObjectDisposedException(nameof(TorHost)));
    }

    private async Task KeepAsync(TorSettings settings, ITorSource source, TaskCompletionSource first, CancellationToken stop)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                Problem problem;
                var since = time.GetTimestamp();
                try
                {
                    Tell(Starting);
                    await using var session = await source.OpenAsync(stop);
                    problem = await LiveAsync(session, settings, first, stop);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
                {
                    problem = e is ProblemException told ? told.Problem : TorTrouble.Ended(e.Message, settings.RunsTor());
                    logger.LogWarning(e, "tor could not be had");
                    var isWanted = Onions.Count > 0;
                    if (!isWanted)
                        Tell(_ => new TorStatus { State = TorState.Failed, Error = problem });
                    first.TrySetException(new ProblemException(problem));
                    _ = first.Task.Exception; // nobody may have waited for it
                    if (!isWanted)
                        return;
                }

                Tell(_ => new TorStatus { State = TorState.Lost, Error = problem });
                failures = time.GetElapsedTime(since) > Steady ? 0 : failures;
                await Task.Delay(Delays[Math.Min(failures++, Delays.Length - 1)], time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            logger.LogDebug("tor has been let go");
        }
        finally
        {
            first.TrySetCanceled(CancellationToken.None);
            await source.DisposeAsync();
        }
    }

    // From the fresh control connection to the end of that tor; gives the reason of the end.
    private async Task<Problem> LiveAsync(TorSession session, TorSettings settings, TaskCompletionSource first, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var progress = new TorProgress(Tell, time);
        session.Control.EventReceived += progress.Take;
        session.Log.Warned += () => LookAtNetwork(session, progress);
        progress.CircuitsRenewed += () => _ = Task.WhenAll(Onions.Select(onion => onion.RenewAsync(session)));
        var asking = Task.CompletedTask;
        var restoring = Task.CompletedTask;
        Problem end;
        try
        {
            Set(session, _ => session.Status with { State = TorState.Bootstrapping });
            await session.Control.SubscribeAsync(stop);
            await AskPhaseAsync(session, progress, stop);
            asking = new Heartbeat(session, heartbeat, phase => Answered(session, progress, phase), () => Silent(session)).RunAsync(ending.Token);
            await Task.WhenAny(progress.Connected, session.Ended).WaitAsync(stop);
            if (!progress.Connected.IsCompleted)
                throw new ProblemException(await EndAsync(session));

            var onions = Onions; // whoever waits for this tor publishes theirs without help
            Tell(status => status with { State = TorState.Connected, Error = progress.Trouble });
            logger.LogInformation("tor {Version} is connected", session.Version);
            restoring = Task.WhenAll(onions.Select(onion => onion.RestoreAsync(session)));
            connected(settings);
            first.TrySetResult();
            await session.Ended.WaitAsync(stop);
            end = await EndAsync(session);
        }
        finally
        {
            Forget(session);
            Lose(session);
            session.GiveUp(session.EndReason is { Length: > 0 } reason ? reason : "The engine let tor go.");
            await ending.CancelAsync();
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // cancelled is how it ends
        }

        await restoring;
        logger.LogWarning("tor is lost: {Reason}", end.Detail);
        return end;
    }

    private static async Task AskPhaseAsync(TorSession session, TorProgress progress, CancellationToken stop)
    {
        try
        {
            progress.Advance(BootstrapPhase.Of(await session.Control.SendAsync(BootstrapPhase.Question, stop)));
        }
        catch (ControlRefusedException)
        {
            // A filter in front of a tor that is somebody else's: it was there before, and so most likely is connected.
            progress.Assume();
        }
    }

    // The control connection breaks a moment before the process has ended, and only the process can tell why.
    private async Task<Problem> EndAsync(TorSession session)
    {
        if (session.ProcessId is not null)
            await Task.WhenAny(session.ProcessExited, Task.Delay(TimeSpan.FromSeconds(1), time));
        return TorTrouble.Ended(session.EndReason, session.ProcessId is not null);
    }

    private void Silent(TorSession session)
    {
        session.Answers(false);
        logger.LogWarning("tor does not answer");
        Tell(status => status with { State = TorState.Lost, Error = TorTrouble.Silent(session) });
        Lose(session);
    }

    private void Answered(TorSession session, TorProgress progress, BootstrapPhase? phase)
    {
        session.Answers(true);
        progress.Advance(phase);
        progress.LookAtClock();
        if (_status.State != TorState.Lost || session.Ended.IsCompleted)
            return;
        logger.LogInformation("tor answers again");
        var isConnected = progress.Connected.IsCompleted;
        Tell(status => status with { State = isConnected ? TorState.Connected : TorState.Bootstrapping, Error = progress.Trouble });
        if (!isConnected)
            return;
        foreach (var onion in Onions)
            onion.Regain(session);
    }

    private void Lose(TorSession session)
    {
        foreach (var onion in Onions)
            onion.Lose(session);
    }

    // Told as soon as it is known, though tor goes on trying.
    private void LookAtNetwork(TorSession session, TorProgress progress)
    {
        if (progress.Connected.IsCompleted || progress.Trouble is not null || TroubleOf(session, waited: false) is not { } trouble)
            return;
        Tell(status => status.State == TorState.Bootstrapping ? status with { Error = TorTrouble.Network(trouble, session.Source) } : status);
    }

    private NetworkTrouble? TroubleOf(TorSession session, bool waited) => session.Network is { } network
        ? NetworkTrouble.Of(network, session.Log, _status.BootstrapPercent, waited)
        : null;

    private static TorStatus Starting(TorStatus before) => before with { State = TorState.Starting, BootstrapPercent = 0, BootstrapSummary = null };

    // The one place where anything changes. Who waits for tor is let through, or told that there is none, before the change is told to all.
    private void Set(TorSession? session, Func<TorStatus, TorStatus> change)
    {
        lock (_lock)
        {
            var before = _status;
            (_session, _status) = (session, change(before));
            var ready = _status.State == TorState.Connected ? session : null;
            if (_connected.Task.IsCompleted && (!_connected.Task.IsCompletedSuccessfully || _connected.Task.Result != ready))
                _connected = New();
            if (ready is not null)
                _connected.TrySetResult(ready);
            else if (_status is { State: TorState.Failed, Error: { } problem })
                Fail(new ProblemException(problem));
            if (_status != before)
                Changed?.Invoke(_status);
        }
    }

    private void Fail(Exception reason)
    {
        _connected.TrySetException(reason);
        _ = _connected.Task.Exception; // nobody may wait
    }

    private static TaskCompletionSource<TorSession> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
