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
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TorPresence _presence;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _disposed;

    /// <summary>A host of the tor that the options and settings name. Nothing is started before it is needed.</summary>
    /// <param name="options">What does not change.</param>
    /// <param name="logger">The log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="settings">Asked for the settings whenever it begins anew; null for those of the options.</param>
    /// <param name="connected">Told of settings that connected; it must not throw.</param>
    public TorHost(
        TorOptions options, ILogger logger, TimeProvider? time = null, Func<TorSettings>? settings = null, Action<TorSettings>? connected = null)
        : this(
            settings ?? (() => options.Settings), chosen => TorSources.Pick(options, chosen, time ?? TimeProvider.System, logger), options.ConnectTimeout,
            options.Heartbeat, connected ?? (_ => { }), logger, time ?? TimeProvider.System)
    {
    }

    internal TorHost(
        Func<TorSettings> settings, Func<TorSettings, ITorSource> pick, TimeSpan connectTimeout, HeartbeatTimes heartbeat,
        Action<TorSettings> connected, ILogger logger, TimeProvider time)
    {
        (_settings, _pick, _usualTimeout, _time, _logger) = (settings, pick, connectTimeout, time, logger);
        _presence = new TorPresence(heartbeat, connected, time, logger);
    }

    public event Action<TorStatus>? StatusChanged
    {
        add => _presence.Changed += value;
        remove => _presence.Changed -= value;
    }

    public TorStatus Status => _presence.Status;

    /// <summary>The tor that is there, connected or not; null when there is none. It may end at any time.</summary>
    internal TorSession? Present => _presence.Session;

    /// <summary>The settings it was brought up with; null when there is none.</summary>
    internal TorSettings? Used => _presence.Settings;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        await InTimeAsync(_presence.Connected, cancellationToken);
    }

    public async Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken)
    {
        var onion = Onion.Of(request, _logger, _presence.Remove);
        try
        {
            await BeginAsync(cancellationToken);
            while (true)
            {
                var connected = _presence.Connected;
                await InTimeAsync(connected, cancellationToken);
                var session = await connected;
                _presence.Add(onion);
                try
                {
                    await onion.PublishOnAsync(session, cancellationToken);
                    return onion;
                }
                catch (ControlClosedException)
                {
                    // That tor is gone. The next one is on its way, or comes when somebody connects again.
                    _presence.Forget(session);
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
        var first = await InTurnAsync(
            async () =>
            {
                if (!_presence.IsKept || !Used!.IsSame(settings) || _presence.First.IsFaulted || Status.State == TorState.Lost)
                    await BeginAsync(settings);
                return _presence.First;
            },
            cancellationToken);
        await InTimeAsync(first, cancellationToken);
    }

    /// <summary>Begins to bring tor up, if it is not; waits for nothing.</summary>
    internal Task BeginAsync(CancellationToken cancellationToken) => InTurnAsync(
        async () =>
        {
            if (!_presence.IsKept)
                await BeginAsync(_settings());
            return true;
        },
        cancellationToken);

    /// <summary>Lets tor go until somebody connects again; onions are lost until then.</summary>
    internal async Task ReleaseAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await _presence.LetGoAsync();
            _presence.Tell(_ => new TorStatus { State = TorState.Off });
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await ReleaseAsync();
        foreach (var onion in _presence.Onions)
            await onion.DisposeAsync();
        _presence.Close();
    }

    private async Task BeginAsync(TorSettings settings)
    {
        var source = _pick(settings); // before the tor that runs is let go: the settings may be of no use
        await _presence.LetGoAsync();
        _presence.Begin(settings, source);
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return await act();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task InTimeAsync(Task connected, CancellationToken cancellationToken)
    {
        // What was set while tor is stuck counts for whoever waits from then on.
        var limit = _settings().ConnectTimeout ?? Used?.ConnectTimeout ?? _usualTimeout;
        try
        {
            await connected.WaitAsync(limit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var problem = TorTrouble.NotConnected(Status, limit, _presence.NetworkTrouble);
            _presence.Tell(before => before.State == TorState.Connected ? before : before with { Error = problem });
            throw new ProblemException(problem);
        }
    }
}
