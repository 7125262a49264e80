using System.Net;
using System.Text.RegularExpressions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>An onion service and its key; published on whatever tor runs.</summary>
internal sealed partial class Onion : IOnion
{
    // tor uploads a second after the introduction circuits are up. 2 of 150 did not within 4 s, and did when they were added again.
    private static readonly TimeSpan[] Patience = [TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(90)];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly OnionRequest _request;
    private readonly IOnionRegistration _registration;
    private readonly ILogger _logger;
    private readonly Action<Onion> _removed;
    private readonly Lock _gate = new();
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

    /// <summary>Checks the request.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: the key is none.</exception>
    public Onion(OnionRequest request, ILogger logger, Action<Onion> removed)
    {
        if (request.PrivateKey is { } key && !KeyForm().IsMatch(key))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, "The key is not that of a version 3 onion service.",
                "It must be ED25519-V3: and 88 characters of base64.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(request.LocalPort, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.LocalPort, ushort.MaxValue);
        _request = request;
        _registration = request.BalanceFront is { } front ? new BackendOnion(front, logger) : new EphemeralOnion(logger);
        _key = request.PrivateKey;
        _clientKeys = OnionClients.Checked(request.ClientKeys);
        _logger = logger;
        _removed = removed;
    }

    /// <inheritdoc/>
    public event Action<bool>? PublishedChanged;

    /// <inheritdoc/>
    public string Address => (_serviceId ?? throw new InvalidOperationException("The onion has not been published.")) + ".onion";

    /// <inheritdoc/>
    public string PrivateKey => _key ?? throw new InvalidOperationException("The onion has not been published.");

    /// <inheritdoc/>
    public bool IsPublished
    {
        get
        {
            lock (_gate)
                return _published;
        }
    }

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
                    lock (_gate)
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
                _logger.LogWarning("An onion is not back yet: {Problem}", e.Message);
            }
            catch (Exception e) when (e is ControlClosedException or OperationCanceledException)
            {
                return;
            }

            await Task.WhenAny(Task.Delay(Pause, session.Time, _ending.Token), session.Ended);
        }
    }

    /// <inheritdoc/>
    public async Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken)
    {
        clientKeys = OnionClients.Checked(clientKeys);
        TorSession? session;
        bool isCut;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            (_clientKeys, session) = (clientKeys, _session);
            if (session is null || session.Ended.IsCompleted)
                return; // the next tor gets the new list
            lock (_gate)
                _published = false;
            await RemoveAsync(session);
            isCut = !cut || await OnionClients.CutAsync(session, _serviceId!);
        }
        catch (ControlClosedException e)
        {
            _logger.LogDebug(e, "tor was gone before it could be told of the clients; the next one gets the new list");
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
        if (!isCut)
        {
            throw new ProblemException(
                ProblemCodes.TorRefused,
                "Nobody else gets in from now on, but visitors that are there stay: what is in front of tor's control port does not let them be cut.",
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
        lock (_gate)
            uploaded = _uploaded;
        if (uploaded)
            Tell(session, true);
    }

    /// <inheritdoc/>
    public async Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_session is { } session && _serviceId is { } serviceId && _local is { } local)
            await new CircuitDrain(session, serviceId, local).WaitAsync(quiet, limit, cancellationToken);
    }

    /// <inheritdoc/>
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
            _logger.LogDebug(e, "tor was gone before the onion could be removed; the onion went with it");
        }
        finally
        {
            lock (_gate)
                _published = false;
            _turn.Release();
        }
    }

    private async Task AddAsync(TorSession session)
    {
        var local = _request.ListenAt is { } listenAt
            ? await listenAt(session.Bind, CancellationToken.None)
            : new IPEndPoint(IPAddress.Loopback, _request.LocalPort);
        var target = session.OnionTarget is { } address ? new IPEndPoint(address, local.Port) : local;
        (_serviceId, _key) = await _registration.AddAsync(session, _key, target, _clientKeys);
        _local = local;
        lock (_gate)
            (_session, _uploaded) = (session, false);
    }

    private async Task RemoveAsync(TorSession session)
    {
        if (!ReferenceEquals(_session, session) || _serviceId is null)
            return;
        lock (_gate)
            _uploaded = false;
        await _registration.RemoveAsync(session, _serviceId);
        session.Descriptors.Forget(_serviceId);
    }

    private async Task<bool> UploadedAsync(TorSession session, TimeSpan patience, CancellationToken cancellationToken)
    {
        var uploaded = session.Descriptors.UploadedAsync(_serviceId!);
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
        lock (_gate)
        {
            // An upload that is heard of after the end of its tor is worth nothing any more.
            if (_published == published || !ReferenceEquals(_session, session) || (published && session.Ended.IsCompleted))
                return;
            _published = published;
        }

        PublishedChanged?.Invoke(published);
    }

    internal static ProblemException Refused(ControlRefusedException refusal, string advice) => new(
        ProblemCodes.TorRefused, $"tor refused to publish the onion service: {refusal.Code} {RemoteText.Show(refusal.Reason, 200)}.", advice,
        cause: refusal);

    private ProblemException NotPublished(TorSession session)
    {
        var failure = session.Descriptors.Failure(_serviceId!);
        return new ProblemException(
            ProblemCodes.NotPublished,
            $"The onion service's descriptor was not uploaded within {Patience.Sum(p => p.TotalSeconds):0} s{(failure is null ? "" : $" ({RemoteText.Show(failure, 100)})")}.",
            "Check the network and the clock of this machine, and try again.", Address);
    }

    [GeneratedRegex("^ED25519-V3:[A-Za-z0-9+/]{86}==$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyForm();
}
