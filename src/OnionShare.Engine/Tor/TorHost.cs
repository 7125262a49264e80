using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor;

/// <summary>Brings tor up when it is first needed, watches it, and brings it and the onions back when it is lost.</summary>
public sealed class TorHost : ITor
{
    private readonly Func<TorSettings> _settings;
    private readonly Func<TorSettings, ITorSource> _pick;
    private readonly TimeSpan _usualTimeout;
    private readonly TorSupervision _parts;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private TorSupervisor? _supervisor;
    private bool _disposed;

    /// <summary>A host of the tor that the options name. Nothing is started before it is needed.</summary>
    public TorHost(TorOptions options, ILogger<TorHost> logger, TimeProvider? time = null)
        : this(options, () => options.Settings, _ => { }, logger, time ?? TimeProvider.System)
    {
    }

    /// <summary>A host that asks for the settings whenever it begins anew.</summary>
    /// <param name="options">The rest.</param>
    /// <param name="settings">Gives the settings.</param>
    /// <param name="connected">Told of settings that connected; it must not throw.</param>
    /// <param name="logger">The log.</param>
    /// <param name="time">The clock.</param>
    internal TorHost(TorOptions options, Func<TorSettings> settings, Action<TorSettings> connected, ILogger logger, TimeProvider time)
        : this(settings, chosen => TorSources.Pick(options, chosen, time, logger), options.ConnectTimeout, options.Heartbeat, connected, logger, time)
    {
    }

    /// <summary>A host of one way, whatever the settings, that never asks whether tor still answers.</summary>
    internal TorHost(ITorSource source, TimeSpan connectTimeout, TimeProvider time, ILogger logger)
        : this(() => new TorSettings(), _ => source, connectTimeout, HeartbeatTimes.Never, _ => { }, logger, time)
    {
    }

    internal TorHost(
        Func<TorSettings> settings, Func<TorSettings, ITorSource> pick, TimeSpan connectTimeout, HeartbeatTimes heartbeat,
        Action<TorSettings> connected, ILogger logger, TimeProvider time)
    {
        _settings = settings;
        _pick = pick;
        _usualTimeout = connectTimeout;
        _parts = new TorSupervision(new TorStatusBoard(), new SessionGate(), new OnionSet(), heartbeat, connected, time, logger);
    }

    /// <inheritdoc/>
    public event Action<TorStatus>? StatusChanged
    {
        add => _parts.Board.Changed += value;
        remove => _parts.Board.Changed -= value;
    }

    /// <inheritdoc/>
    public TorStatus Status => _parts.Board.Status;

    /// <summary>The tor that is there, connected or not; null when there is none. It may end at any time.</summary>
    internal TorSession? Present => _parts.Gate.Present;

    /// <summary>The settings it was brought up with; null when there is none.</summary>
    internal TorSettings? Used
    {
        get { lock (_lock) return _supervisor?.Settings; }
    }

    /// <inheritdoc/>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        await SessionAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken)
    {
        var onion = new Onion(request, _parts.Logger, _parts.Onions.Remove);
        try
        {
            await BeginAsync(cancellationToken);
            while (true)
            {
                var session = await SessionAsync(cancellationToken);
                _parts.Onions.Add(onion);
                try
                {
                    await onion.PublishOnAsync(session, cancellationToken);
                    return onion;
                }
                catch (ControlClosedException)
                {
                    // That tor is gone. The next one is on its way, or comes when somebody connects again, and SessionAsync waits for it.
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

    /// <summary>
    /// Connects with these settings, in place of those in use, and waits until tor is connected. Onions come back at their addresses. Nothing
    /// happens when tor is connected with them, or on the way to it.
    /// </summary>
    /// <exception cref="ProblemException">It does not connect. While there are onions it is tried again and again all the same.</exception>
    /// <exception cref="OperationCanceledException">tor was let go meanwhile, or the token says so.</exception>
    internal async Task UseAsync(TorSettings settings, CancellationToken cancellationToken)
    {
        TorSupervisor? supervisor;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            supervisor = Running();
            if (supervisor is null || !supervisor.Settings.IsSame(settings) || supervisor.First.IsFaulted || Status.State == TorState.Lost)
            {
                var source = _pick(settings); // before the tor that runs is let go: the settings may be of no use
                await LetGoAsync();
                supervisor = Begin(settings, source);
            }
        }
        finally
        {
            _turn.Release();
        }

        await InTimeAsync(supervisor.First, supervisor, cancellationToken);
    }

    /// <summary>Begins to bring tor up, if it is not; waits for nothing.</summary>
    internal async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (Running() is null)
            {
                await LetGoAsync();
                var settings = _settings();
                Begin(settings, _pick(settings));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets tor go until somebody connects again; onions are lost until then.</summary>
    internal async Task ReleaseAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await LetGoAsync();
            _parts.Board.Tell(new TorStatus { State = TorState.Off });
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        await ReleaseAsync();
        foreach (var onion in _parts.Onions.All)
            await onion.DisposeAsync();
        _parts.Gate.Fail(new ObjectDisposedException(nameof(TorHost)));
    }

    private TorSupervisor? Running()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _supervisor is { HasEnded: false } running ? running : null;
        }
    }

    private TorSupervisor Begin(TorSettings settings, ITorSource source)
    {
        _parts.Gate.Close();
        lock (_lock)
            return _supervisor = new TorSupervisor(settings, source, _parts);
    }

    private async Task LetGoAsync()
    {
        TorSupervisor? supervisor;
        lock (_lock)
            (supervisor, _supervisor) = (_supervisor, null);
        if (supervisor is not null)
            await supervisor.DisposeAsync();
    }

    private async Task<TorSession> SessionAsync(CancellationToken cancellationToken)
    {
        TorSupervisor? supervisor;
        lock (_lock)
            supervisor = _supervisor;
        var session = _parts.Gate.Session;
        await InTimeAsync(session, supervisor, cancellationToken);
        return await session;
    }

    private async Task InTimeAsync(Task connected, TorSupervisor? supervisor, CancellationToken cancellationToken)
    {
        // What was set while tor is stuck counts for whoever waits from then on.
        var limit = _settings().ConnectTimeout ?? supervisor?.Settings.ConnectTimeout ?? _usualTimeout;
        try
        {
            await connected.WaitAsync(limit, _parts.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var problem = TorTrouble.NotConnected(Status, limit, supervisor?.NetworkTrouble);
            _parts.Board.Tell(before => before.State == TorState.Connected ? before : before with { Error = problem });
            throw new ProblemException(problem);
        }
    }
}
