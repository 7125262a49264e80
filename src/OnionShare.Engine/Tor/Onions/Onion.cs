using System.Net;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>An onion service and its key; published on whatever tor runs, until its disposal.</summary>
internal abstract class Onion : IOnion
{
    // tor uploads a second after the introduction circuits are up. 2 of 150 did not within 4 s, and did when they were added again.
    private static readonly TimeSpan[] Patience = [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90)];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    // After the first directory has a descriptor the others follow within seconds.
    private static readonly TimeSpan OthersLimit = TimeSpan.FromSeconds(15);

    private readonly OnionRequest _request;
    private readonly Action<Onion> _removed;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private TorSession? _session;
    private IPEndPoint? _local;
    private string? _serviceId;
    private string? _key;
    private IReadOnlyList<string>? _clientKeys;
    private bool _published;
    private bool _uploaded;
    private int _disposed;

    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: the key is none.</exception>
    protected Onion(OnionRequest request, ILogger logger, Action<Onion> removed)
    {
        if (request.PrivateKey is { } key && !OnionKey.IsOne(key))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, "The key is not that of a version 3 onion service.",
                "It must be ED25519-V3: and 88 characters of base64.");
        }

        _request = request;
        _key = request.PrivateKey;
        _clientKeys = ClientKey.Checked(request.ClientKeys);
        _removed = removed;
        Logger = logger;
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>.</exception>
    public static Onion Of(OnionRequest request, ILogger logger, Action<Onion> removed) => request.BalanceFront is { } front
        ? new BackendOnion(front, request, logger, removed)
        : new EphemeralOnion(request, logger, removed);

    public event Action<bool>? PublishedChanged;

    public string Address => (_serviceId ?? throw new InvalidOperationException("The onion has not been published.")) + ".onion";

    public string PrivateKey => _key ?? throw new InvalidOperationException("The onion has not been published.");

    public bool IsPublished
    {
        get
        {
            lock (_lock)
                return _published;
        }
    }

    protected ILogger Logger { get; }

    /// <summary>Publishes on a tor and returns after the first upload; at once when it is published there.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorRefused"/> or <see cref="ProblemCodes.NotPublished"/>.</exception>
    /// <exception cref="ControlClosedException">That tor is gone.</exception>
    public async Task PublishOnAsync(TorSession session, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        await _turn.WaitAsync(either.Token);
        try
        {
            if (IsPublished && ReferenceEquals(_session, session))
                return;
            foreach (var patience in Patience)
            {
                await RemoveAsync(session);
                await AddAsync(session);
                if (await UploadedAsync(session, patience, either.Token))
                {
                    lock (_lock)
                        _uploaded = true;
                    Tell(session, true);
                    return;
                }
            }

            throw NotPublished(session);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Publishes again on a new tor, and goes on trying until it is published, removed, or that tor is gone.</summary>
    public async Task RestoreAsync(TorSession session)
    {
        while (true)
        {
            try
            {
                await PublishOnAsync(session, CancellationToken.None);
                return;
            }
            catch (ProblemException e)
            {
                Logger.LogWarning("An onion is not back yet: {Problem}", e.Message);
            }
            catch (Exception e) when (e is ControlClosedException or OperationCanceledException)
            {
                return;
            }

            await Task.WhenAny(Task.Delay(Pause, session.Time, _ending.Token), session.Ended);
        }
    }

    public async Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken)
    {
        clientKeys = ClientKey.Checked(clientKeys);
        TorSession? session;
        bool isCut;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            (_clientKeys, session) = (clientKeys, _session);
            if (session is null || session.Ended.IsCompleted)
                return; // the next tor gets the new list
            lock (_lock)
                _published = false;
            await RemoveAsync(session);
            isCut = !cut || await OnionCircuits.CutAsync(session, _serviceId!);
        }
        catch (ControlClosedException e)
        {
            Logger.LogDebug(e, "tor was gone before it could be told of the clients; the next one gets the new list");
            return;
        }
        finally
        {
            _turn.Release();
        }

        // Goes on even if nobody waits for it any more: between the two steps nobody at all reaches the onion.
        await RestoreAsync(session).WaitAsync(cancellationToken);
        if (!IsPublished)
            PublishedChanged?.Invoke(false); // that tor was lost meanwhile, when there was nothing published to lose
        else
            // A visitor who gets the one before from another directory keeps it for hours, and can't read it.
            await session.UploadsOf(_serviceId!).SettleAsync(OthersLimit, session.Time, cancellationToken);
        if (!isCut)
        {
            throw new ProblemException(
                ProblemCodes.TorRefused,
                "Nobody new gets in, but visitors who are connected stay: a filter in front of tor's control port does not let the engine close their circuits.",
                "Allow GETINFO circuit-status and CLOSECIRCUIT in the control port filter, or stop the service and start it again.", Address);
        }
    }

    /// <summary>Publishes once more on the tor that has it.</summary>
    public Task RenewAsync(TorSession session)
    {
        Tell(session, false);
        return RestoreAsync(session);
    }

    public void Lose(TorSession session) => Tell(session, false);

    /// <summary>Takes note that a silent tor answers again: it has what it had.</summary>
    public void Regain(TorSession session)
    {
        bool uploaded;
        lock (_lock)
            uploaded = _uploaded;
        if (uploaded)
            Tell(session, true);
    }

    public async Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_session is { } session && _serviceId is { } serviceId && _local is { } local)
            await new OnionCircuits(session, serviceId, local).DrainAsync(quiet, limit, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _ending.CancelAsync();
        _removed(this);
        await _turn.WaitAsync();
        try
        {
            if (_session is { } session)
                await RemoveAsync(session);
        }
        catch (ControlClosedException e)
        {
            Logger.LogDebug(e, "tor was gone before the onion could be removed; the onion went with it");
        }
        finally
        {
            lock (_lock)
                _published = false;
            _turn.Release();
        }
    }

    /// <summary>Makes it known to a tor, which then publishes it. Never cancelled half-way: what tor has must be known here, to be removed.</summary>
    /// <param name="session">The tor.</param>
    /// <param name="key">Its key; null for a new one.</param>
    /// <param name="target">The endpoint at which tor reaches the service.</param>
    /// <param name="clientKeys">The public keys of the clients that may reach it; null for everybody.</param>
    /// <returns>Its address, without <c>.onion</c>, and its key.</returns>
    /// <exception cref="ProblemException">tor does not take it; then there is nothing of it in that tor.</exception>
    /// <exception cref="ControlClosedException">That tor is gone.</exception>
    protected abstract Task<(string ServiceId, string Key)> AddToAsync(
        TorSession session, string? key, IPEndPoint target, IReadOnlyList<string>? clientKeys);

    /// <summary>Removes it from a tor; nothing happens if that has not got it.</summary>
    /// <exception cref="ControlClosedException">That tor is gone, and the onion with it.</exception>
    protected abstract Task RemoveFromAsync(TorSession session, string serviceId);

    protected static ProblemException Refused(ControlRefusedException refusal, string advice) => new(
        ProblemCodes.TorRefused, $"tor refused to publish the onion service: {refusal.Code} {RemoteText.Show(refusal.Reason, 200)}.", advice,
        cause: refusal);

    private async Task AddAsync(TorSession session)
    {
        var local = await _request.ListenAt(session.Bind, CancellationToken.None);
        var target = session.OnionTarget is { } address ? new IPEndPoint(address, local.Port) : local;
        (_serviceId, _key) = await AddToAsync(session, _key, target, _clientKeys);
        _local = local;
        lock (_lock)
            (_session, _uploaded) = (session, false);
    }

    private async Task RemoveAsync(TorSession session)
    {
        if (!ReferenceEquals(_session, session) || _serviceId is null)
            return;
        lock (_lock)
            _uploaded = false;
        await RemoveFromAsync(session, _serviceId);
        session.ForgetUploads(_serviceId);
    }

    private async Task<bool> UploadedAsync(TorSession session, TimeSpan patience, CancellationToken cancellationToken)
    {
        var uploaded = session.UploadsOf(_serviceId!).First;
        try
        {
            await Task.WhenAny(uploaded, session.Ended).WaitAsync(patience, session.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return false;
        }

        return uploaded.IsCompleted ? true : throw new ControlClosedException(session.EndReason);
    }

    private void Tell(TorSession session, bool published)
    {
        lock (_lock)
        {
            // An upload that is heard of after the end of its tor is worth nothing any more.
            if (_published == published || !ReferenceEquals(_session, session) || (published && session.Ended.IsCompleted))
                return;
            _published = published;
        }

        PublishedChanged?.Invoke(published);
    }

    private ProblemException NotPublished(TorSession session)
    {
        var failure = session.UploadsOf(_serviceId!).Failure;
        return new ProblemException(
            ProblemCodes.NotPublished,
            $"The onion service's descriptor was not uploaded within {Patience.Sum(p => p.TotalSeconds):0} s{(failure is null ? "" : $" ({RemoteText.Show(failure, 100)})")}.",
            "Check the network and the clock of this machine, and try again.", Address);
    }
}
