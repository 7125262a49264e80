using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>Brings tor up when it is first needed, watches it, and brings it and the onions back when it is lost.</summary>
public sealed class TorHost : ITor
{
    // The first at once: most often a tor ends once, and the next one stays.
    private static readonly TimeSpan[] Delays = [.. new[] { 0, 1, 2, 5, 10, 30, 60 }.Select(s => TimeSpan.FromSeconds(s))];
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private readonly ITorSource _source;
    private readonly TimeSpan _connectTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Lock _telling = new();
    private readonly HashSet<Onion> _onions = [];
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource<TorSession> _connected = NewConnection();
    private Task _running = Task.CompletedTask;
    private volatile TorStatus _status = new() { State = TorState.Off };
    private bool _disposed;

    /// <summary>A host of a tor that the engine runs itself. Nothing is started before it is needed.</summary>
    public TorHost(TorOptions options, ILogger<TorHost> logger, TimeProvider? time = null)
        : this(
            TorSources.Pick(options, options.Settings, time ?? TimeProvider.System, logger), options.Settings.ConnectTimeout ?? options.ConnectTimeout,
            time ?? TimeProvider.System, logger)
    {
    }

    internal TorHost(ITorSource source, TimeSpan connectTimeout, TimeProvider time, ILogger logger)
    {
        _source = source;
        _connectTimeout = connectTimeout;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public event Action<TorStatus>? StatusChanged;

    /// <inheritdoc/>
    public TorStatus Status => _status;

    /// <inheritdoc/>
    public Task ConnectAsync(CancellationToken cancellationToken) => SessionAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken)
    {
        var onion = new Onion(request, _logger, Remove);
        try
        {
            while (true)
            {
                var session = await SessionAsync(cancellationToken);
                lock (_gate)
                    _onions.Add(onion);
                try
                {
                    await onion.PublishOnAsync(session, cancellationToken);
                    return onion;
                }
                catch (ControlClosedException)
                {
                    // That tor is gone. The next one is on its way, and SessionAsync waits for it.
                    await session.Forgotten.WaitAsync(cancellationToken);
                }
            }
        }
        catch
        {
            await onion.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            running = _running;
        }

        await _stop.CancelAsync();
        await running;
        foreach (var onion in Onions())
            await onion.DisposeAsync();
        lock (_gate)
            _connected.TrySetException(new ObjectDisposedException(nameof(TorHost)));
        await _source.DisposeAsync();
        Tell(new TorStatus { State = TorState.Off });
    }

    private async Task<TorSession> SessionAsync(CancellationToken cancellationToken)
    {
        Task<TorSession> connected;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_running.IsCompleted)
            {
                _connected = NewConnection();
                _running = Task.Run(() => SuperviseAsync(_stop.Token), CancellationToken.None);
            }

            connected = _connected.Task;
        }

        try
        {
            return await connected.WaitAsync(_connectTimeout, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw NotConnected();
        }
    }

    private async Task SuperviseAsync(CancellationToken stop)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                Problem problem;
                var since = _time.GetTimestamp();
                try
                {
                    Tell(before => before with { State = TorState.Starting, BootstrapPercent = 0, BootstrapSummary = null });
                    await using var session = await _source.OpenAsync(stop);
                    problem = await RunAsync(session, stop);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
                {
                    problem = e is ProblemException told ? told.Problem : Ended(e.Message);
                    _logger.LogWarning(e, "tor could not be had");
                    if (Onions().Count == 0)
                    {
                        Fail(problem);
                        return;
                    }
                }

                Tell(new TorStatus { State = TorState.Lost, Error = problem });
                failures = _time.GetElapsedTime(since) > Steady ? 0 : failures;
                await Task.Delay(Delays[Math.Min(failures++, Delays.Length - 1)], _time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            _logger.LogDebug("tor has been taken down");
        }
    }

    // From the fresh control connection to the end of that tor; gives the reason of the end.
    private async Task<Problem> RunAsync(TorSession session, CancellationToken stop)
    {
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Progress(ControlEvent happened) => Advance(happened.Text, full);
        session.Control.EventReceived += Progress;
        Tell(new TorStatus
        {
            State = TorState.Bootstrapping,
            Connection = session.Connection,
            Transports = session.Transports,
            Version = session.Version,
            Source = session.Source,
            ProcessId = session.ProcessId,
            Socks = session.Socks,
        });
        await session.SubscribeAsync(stop);
        var phase = await session.Control.SendAsync("GETINFO status/bootstrap-phase", stop);
        Advance(phase.Value("status/bootstrap-phase") ?? "", full);
        await Task.WhenAny(full.Task, session.Ended).WaitAsync(stop);
        if (!full.Task.IsCompleted)
        {
            await ExitAsync(session);
            throw new ProblemException(Ended(session.EndReason));
        }

        Tell(before => before with { State = TorState.Connected, Error = null });
        _logger.LogInformation("tor {Version} is connected", session.Version);
        List<Task> restoring;
        lock (_gate)
        {
            _connected.TrySetResult(session);
            restoring = [.. _onions.Select(o => o.RestoreAsync(session))];
        }

        try
        {
            await session.Ended.WaitAsync(stop);
            await ExitAsync(session);
        }
        finally
        {
            lock (_gate)
                _connected = NewConnection();
            session.Forget();
        }

        foreach (var onion in Onions())
            onion.Lose(session);
        await Task.WhenAll(restoring);
        _logger.LogWarning("tor is lost: {Reason}", session.EndReason);
        return Ended(session.EndReason);
    }

    private void Advance(string text, TaskCompletionSource full)
    {
        if (BootstrapPhase.Parse(text) is not { } phase || full.Task.IsCompleted)
            return;
        Tell(before => before with { BootstrapPercent = phase.Percent, BootstrapSummary = phase.ToString() });
        if (phase.Percent == 100)
            full.TrySetResult();
    }

    private void Fail(Problem problem)
    {
        Tell(new TorStatus { State = TorState.Failed, Error = problem });
        lock (_gate)
            _connected.TrySetException(new ProblemException(problem));
    }

    private void Tell(TorStatus status) => Tell(_ => status);

    private void Tell(Func<TorStatus, TorStatus> change)
    {
        // Held while telling, so that the listeners hear of changes in their order.
        lock (_telling)
        {
            var status = change(_status);
            if (_status == status)
                return;
            _status = status;
            StatusChanged?.Invoke(status);
        }
    }

    private IReadOnlyList<Onion> Onions()
    {
        lock (_gate)
            return [.. _onions];
    }

    private void Remove(Onion onion)
    {
        lock (_gate)
            _onions.Remove(onion);
    }

    private ProblemException NotConnected()
    {
        var status = _status;
        var problem = new Problem(
            ProblemCodes.TorNotConnected,
            $"tor is not connected to the Tor network after {_connectTimeout.TotalSeconds:0} s. It is at {status.BootstrapPercent} %: " +
            $"{status.BootstrapSummary ?? status.Error?.Detail ?? "not started"}.",
            "Check the network and the clock of this machine. Where Tor is blocked, add bridge lines with a torrc include. Or use -LocalOnly.",
            status.Source)
        { Status = 504 };
        Tell(before => before.State == TorState.Connected ? before : before with { Error = problem });
        return new ProblemException(problem);
    }

    // The control connection breaks a moment before the process has ended, and only the process can tell why.
    private Task ExitAsync(TorSession session) => session.ProcessId is null
        ? Task.CompletedTask
        : Task.WhenAny(session.ProcessExited, Task.Delay(TimeSpan.FromSeconds(1), _time));

    private static Problem Ended(string reason) => new(
        ProblemCodes.TorNotStarted,
        reason,
        "It is started again while services need it. If it ends again and again, try to run it by hand.")
    { Status = 503 };

    private static TaskCompletionSource<TorSession> NewConnection() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
