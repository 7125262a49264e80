using System.Net;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Services;

/// <summary>One service, from its request to its end.</summary>
public sealed class Service
{
    // A transfer's last bytes may still be inside tor when the server has handed them over (see IOnion.DrainAsync).
    private static readonly TimeSpan FlushLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CircuitQuiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CircuitLimit = TimeSpan.FromMinutes(2);

    private readonly string? _front;
    private readonly OnionKey? _key;
    private readonly Publication _publication;
    private readonly ServiceSettings _settings;
    private readonly LiveStatus _status;
    private readonly ServerFactory _startServer;
    private readonly ITor _tor;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<StopReason> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _startCancelled = new();
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile IServiceMode? _mode;
    private volatile IServiceServer? _server;
    private volatile IServiceKeeper? _keeper;
    private volatile bool _isLeaving;

    internal Service(
        ServiceRequest request, ServiceIdentity identity, ServiceContext context, IServiceMode mode, ServerFactory startServer, ITor tor,
        EventHub events, TimeProvider time, ILogger logger)
    {
        _front = ServiceIdentity.FrontOf(request);
        _key = request.LocalOnly ? null : identity.Key ?? OnionKey.Generate();
        _publication = new Publication(identity.Clients, request.RequireClientKey);
        _publication.Changed += FollowTor;
        _keeper = identity.Keeper;
        _settings = new ServiceSettings(request, context, time, () => Stop(StopReason.TimeReached));
        Context = context;
        context.ProgressKeeper = progress => _keeper?.Progressed(this, progress);
        _mode = mode;
        (_startServer, _tor, _time, _logger) = (startServer, tor, time, logger);
        var status = identity.Describe(request, context, mode, time.GetUtcNow());
        // Who schedules a service wants to hand out its URL before: the address is its key's, not its publishing's.
        if (_key is { Address: var address } && status.State == ServiceState.Scheduled) status = status with { Address = address, Url = UrlAt(address) };
        _status = new LiveStatus(status, context, mode, events, time);
    }

    public ServiceContext Context { get; }

    /// <summary>The session that owns it; null when detached.</summary>
    public OwnerProcess? Owner => _settings.Current.Owner;

    /// <summary>The session that started it, detached or not; null when none did.</summary>
    public OwnerProcess? StartedBy => _settings.Current.StartedBy ?? Owner;

    public ServiceStatus Status => _status.Current;

    internal ServiceChanged Snapshot => _status.Snapshot;

    /// <summary>The request that makes it as it is now; its password is in it.</summary>
    public ServiceRequest Settings => _mode?.Kept(_settings.Current) ?? _settings.Current;

    /// <summary>The visitors who may reach it, when it asks for client keys.</summary>
    public IReadOnlyList<KnownClient> Clients => _publication.Clients;

    /// <summary>The control port's form of its key; null for a local service, and for one that has ended. Secret.</summary>
    internal string? PrivateKey => Status.State.IsEnded() ? null : _key?.ToControl();

    /// <summary>Its address, from its beginning on; null for a local service.</summary>
    internal string? OnionAddress => _key?.Address;

    internal bool IsLeaving => _isLeaving;

    /// <summary>Completes when the service is over and nothing of it is left. Never faults.</summary>
    public Task Ended => _ended.Task;

    internal void Start()
    {
        _settings.Begin();
        _status.Tell();
        _ = Task.Run(LiveAsync);
    }

    /// <summary>
    /// Asks it to stop: no new transfers, those under way finish; only <paramref name="force"/> cuts them, also later. Await
    /// <see cref="Ended"/> for the end.
    /// </summary>
    public void Stop(StopReason reason, bool force = false)
    {
        _stop.TrySetResult(reason);
        _startCancelled.Cancel();
        if (!force) return;
        Context.CutTransfers();
        _server?.Abort();
    }

    /// <summary>Changes settings; visitors under way are not disturbed.</summary>
    /// <param name="change">The change.</param>
    /// <param name="keep">Writes down the settings as they will be, the password among them, and the stop time. When it throws, nothing is changed.</param>
    /// <param name="cancellationToken">Ends the waiting for a change that is under way.</param>
    /// <exception cref="ProblemException">The change can't be made; nothing was changed.</exception>
    public async Task ChangeAsync(ServiceChange change, Action<ServiceRequest, DateTimeOffset?> keep, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var prepared = await _settings.PrepareAsync(change, Status, _mode, cancellationToken);
            keep(prepared.Request with { Name = Context.Name, Password = prepared.Password }, prepared.StopsAt);
            prepared.TakeOffer?.Invoke();
            _mode?.Take(prepared.Request);
            _server?.Guard(change.Password, prepared.Request.GuessLimit);
            _settings.Take(prepared);
            _status.Change(status => status with
            {
                Name = Context.Name,
                Detached = prepared.Request.Owner is null,
                OwnerProcessId = prepared.Request.Owner?.ProcessId,
                Paths = _mode?.Paths ?? status.Paths,
                Title = Context.Title,
                Language = Context.Language,
                KeepsHistory = prepared.Request.KeepHistory,
                Password = Context.Password,
                Url = status is { Url: not null, Address: { } host } ? UrlAt(host) : null,
                StopsAt = _settings.StopsAt,
            });
        }
        finally
        {
            _changing.Release();
        }
    }

    internal void SetClients(IReadOnlyList<KnownClient> clients)
    {
        _publication.Clients = clients;
        _status.Change(status => status with { Clients = [.. clients.Select(client => client.Name)] });
    }

    /// <summary>
    /// Makes it reachable by the visitors that are set now, and returns when it is. With <paramref name="cut"/> all that are there are thrown out.
    /// </summary>
    internal Task PublishClientsAsync(bool cut, CancellationToken cancellationToken) => _publication.RefreshAsync(cut, cancellationToken);

    /// <summary>Says who keeps it, the engine or a vault; neither when it is not saved any more.</summary>
    internal void Keep(IServiceKeeper? keeper, string? vault = null)
    {
        _keeper = keeper;
        _status.Change(status => status with { Saved = keeper is not null, Vault = vault });
    }

    private async Task LiveAsync()
    {
        var reason = StopReason.Failed;
        Problem? error = null;
        try
        {
            await StartAsync(_startCancelled.Token);
            _keeper?.Reached(this);
            reason = await await Task.WhenAny(_stop.Task, Context.Finished);
            Leave(reason);
            await DrainAsync(reason);
        }
        catch (OperationCanceledException) when (_stop.Task.IsCompletedSuccessfully)
        {
            reason = await _stop.Task;
        }
        catch (ProblemException failure)
        {
            error = failure.Problem;
        }
        catch (Exception failure)
        {
            _logger.LogError(failure, "Service {Name} failed", Context.Name);
            error = new Problem(ProblemCodes.Internal, $"The service failed: {failure.Message}");
        }

        _settings.Dispose();
        Leave(error is null ? reason : StopReason.Failed);
        await TakeDownAsync();
        _status.Change(status => status with
        {
            State = error is null ? ServiceState.Stopped : ServiceState.Failed,
            StopReason = error is null ? reason : StopReason.Failed,
            Error = error,
            EndedAt = _time.GetUtcNow(),
            Port = null,
        });
        _ended.SetResult();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Settings.StartAt is { } startAt) await ServiceSettings.WaitUntilAsync(_time, startAt, cancellationToken);
        _status.Change(status => status with { State = ServiceState.Connecting });
        // tor takes longer than the server: it need not wait for that.
        var connecting = _key is null ? Task.CompletedTask : ConnectAsync(cancellationToken);
        _server = await _startServer(Context, _mode!, cancellationToken);
        _server.Guard(Context.Password, Context.GuessLimit); // they may have been changed meanwhile
        _status.Change(status => status with { Port = _server.Port });

        var host = _key is null ? $"127.0.0.1:{_server.Port}" : await PublishAsync(connecting, cancellationToken);
        _server.Serve(_front is null ? [host] : [host, _front]);
        var stopsAt = _settings.BeginCounting();
        _status.Change(status => status with
        {
            State = ServiceState.Running,
            Address = host,
            Url = UrlAt(host),
            StartedAt = _time.GetUtcNow(),
            StopsAt = stopsAt,
        });
        // tor may have been lost between the publishing and now.
        FollowTor();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        // Told once for each time tor is connected: by the service that it is connected for.
        var isConnected = _tor.Status.State == TorState.Connected;
        await _tor.ConnectAsync(cancellationToken);
        if (!isConnected && _tor.Status.Weakness is { } weakness) Context.Warn(weakness + " Update it.");
    }

    private async Task<string> PublishAsync(Task connecting, CancellationToken cancellationToken)
    {
        await connecting;
        _status.Change(status => status with { State = ServiceState.Publishing });
        var request = new OnionRequest(ListenAtAsync, _key!.ToControl()) { BalanceFront = _front };
        return await _publication.BeginAsync(_tor, request, cancellationToken);
    }

    // Where tor is to connect to; that of a remote tor is another address than that of a tor on this computer.
    private async Task<IPEndPoint> ListenAtAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var server = _server ?? throw new OperationCanceledException("The service has ended.");
        var endpoint = await server.ListenAtAsync(address, cancellationToken);
        _status.Change(status => status.State.IsEnded() ? status : status with { Port = endpoint.Port });
        return endpoint;
    }

    // Whoever is given a backend's own URL finds it gone when that backend is; the front's leads to one that is there.
    private string UrlAt(string host) => ServiceUrl.Of(_front ?? host, Context.Password);

    // Asks the onion instead of believing the event: whichever of two changes comes here last, what it finds is so.
    private void FollowTor() => _status.Change(status => (status.State, _publication.IsPublished) switch
    {
        (ServiceState.Running, false) => status with { State = ServiceState.Disconnected },
        (ServiceState.Disconnected, true) => status with { State = ServiceState.Running },
        _ => status,
    });

    private async Task DrainAsync(StopReason reason)
    {
        Context.StopAccepting();
        _status.Change(status => status with { State = ServiceState.Draining });
        if (reason is StopReason.PasswordGuessing or StopReason.OwnerEnded) Context.CutTransfers();
        try
        {
            await Context.Transfers.WhenIdleAsync(Context.Cut);
            await FlushAsync(_server!);
            if (_mode?.HasLastWords == true || Context.Transfers.LastEnd > _time.GetUtcNow() - CircuitLimit)
                await _publication.DrainAsync(CircuitQuiet, CircuitLimit, Context.Cut);
        }
        catch (OperationCanceledException) when (Context.Cut.IsCancellationRequested)
        {
            _logger.LogInformation("Service {Name}: transfers under way were cut", Context.Name);
        }
    }

    private async Task FlushAsync(IServiceServer server)
    {
        using var limit = new CancellationTokenSource(FlushLimit, _time);
        using var flushing = CancellationTokenSource.CreateLinkedTokenSource(Context.Cut, limit.Token);
        try
        {
            await server.FlushAsync(flushing.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !Context.Cut.IsCancellationRequested)
        {
            Context.Warn($"Visitors had not taken the last bytes after {FlushLimit.TotalMinutes:0} minutes; their connections were closed.");
        }
    }

    private async Task TakeDownAsync()
    {
        Context.StopAccepting();
        Context.CutTransfers();
        foreach (var part in new IAsyncDisposable?[] { _publication, _server, _mode })
        {
            try
            {
                if (part is not null) await part.DisposeAsync();
            }
            catch (Exception failure)
            {
                _logger.LogError(failure, "Service {Name}: {Part} did not go down cleanly", Context.Name, part!.GetType().Name);
            }
        }

        _status.ReleaseMode();
        (_server, _mode) = (null, null);
        _key?.Dispose();
    }

    // Once, at the first reason to end.
    private void Leave(StopReason reason)
    {
        if (_isLeaving) return;
        _isLeaving = true;
        _keeper?.Leaving(this, reason);
    }
}
