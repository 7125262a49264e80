using System.Net;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Services;

/// <summary>One service, from its request to its end.</summary>
public sealed partial class OnionService
{
    // A transfer's last bytes may still be inside tor when the server has handed them over (see IOnion.DrainAsync).
    private static readonly TimeSpan FlushLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CircuitQuiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CircuitLimit = TimeSpan.FromMinutes(2);

    private readonly string? _front;
    private readonly OnionKey? _key;
    private readonly Publication _publication;
    private readonly StopClock _stopClock;
    private readonly ServerFactory _startServer;
    private readonly ITor _tor;
    private readonly EventHub _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<StopReason> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _startCancelled = new();
    private readonly Lock _lock = new();
    private ServiceRequest _request;
    private ServiceStatus _status;
    private IServiceMode? _mode;
    private volatile IServiceServer? _server;
    private long _told;

    internal OnionService(
        ServiceRequest request, ServiceIdentity identity, ServiceContext context, IServiceMode mode, ServerFactory startServer, ITor tor,
        EventHub events, TimeProvider time, ILogger logger)
    {
        _request = request;
        _front = request.Front();
        _key = request.LocalOnly ? null : identity.Key ?? OnionKey.Generate();
        _publication = new Publication(identity.Clients, request.RequireClientKey);
        _publication.Changed += FollowTor;
        _keeper = identity.Keeper;
        _stopClock = new StopClock(time, () => Stop(StopReason.TimeReached));
        Context = context;
        context.ProgressKeeper = progress => _keeper?.Progressed(this, progress);
        _mode = mode;
        _startServer = startServer;
        _tor = tor;
        _events = events;
        _time = time;
        _logger = logger;
        _status = identity.Describe(request, context, mode, time.GetUtcNow());
        // Who schedules a service wants to hand out its URL before: the address is its key's, not its publishing's.
        if (_key is { Address: var address } && _status.State == ServiceState.Scheduled) _status = _status with { Address = address, Url = UrlAt(address) };
    }

    public ServiceContext Context { get; }

    /// <summary>The session that owns it; null when detached.</summary>
    public OwnerProcess? Owner => _request.Owner;

    /// <summary>The session that started it, detached or not; null when none did.</summary>
    public OwnerProcess? StartedBy => _request.StartedBy ?? _request.Owner;

    /// <summary>How it stands.</summary>
    public ServiceStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _status with
                {
                    Visits = Context.Visits,
                    ActiveTransfers = Context.Transfers.Active,
                    CompletedTransfers = Context.Transfers.Completed,
                    Members = _mode?.Members,
                    Files = _mode?.Content?.Files ?? _status.Files,
                    Bytes = _mode?.Content?.Bytes ?? _status.Bytes,
                    Warnings = Context.Warnings,
                };
            }
        }
    }

    /// <summary>How it stands, for a listener; its sequence is that of the last change, which is in it.</summary>
    internal ServiceChanged Present
    {
        get { lock (_lock) return new ServiceChanged { Time = _time.GetUtcNow(), Service = Status, IsSnapshot = true, Sequence = _told }; }
    }

    /// <summary>Completes when the service is over and nothing of it is left. Never faults.</summary>
    public Task Ended => _ended.Task;

    internal void Start()
    {
        _stopClock.Set(_request.StopAt, null);
        lock (_lock) PublishStatus();
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

    private async Task LiveAsync()
    {
        var reason = StopReason.Failed;
        Problem? error = null;
        try
        {
            await StartAsync(_startCancelled.Token);
            if (_keeper is { } keeper) await keeper.ReachedAsync(this);
            reason = await await Task.WhenAny(_stop.Task, Context.Finished);
            await LeaveAsync(reason);
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

        _stopClock.Dispose();
        await LeaveAsync(error is null ? reason : StopReason.Failed);
        await TakeDownAsync();
        Change(status => status with
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
        if (_request.StartAt is { } startAt) await Clock.WaitUntilAsync(_time, startAt, cancellationToken);
        Change(status => status with { State = ServiceState.Connecting });
        // tor takes longer than the server: it need not wait for that.
        var connecting = _request.LocalOnly ? Task.CompletedTask : ConnectAsync(cancellationToken);
        _server = await _startServer(Context, _mode!, cancellationToken);
        _server.Guard(Context.Password, Context.GuessLimit); // they may have been changed meanwhile
        Change(status => status with { Port = _server.Port });

        var host = _request.LocalOnly ? $"127.0.0.1:{_server.Port}" : await PublishAsync(connecting, cancellationToken);
        _server.Serve(_front is null ? [host] : [host, _front]);
        var stopsAt = BeginCounting();
        Change(status => status with
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
        Change(status => status with { State = ServiceState.Publishing });
        var request = new OnionRequest(ListenAtAsync, _key!.ToControl()) { BalanceFront = _front };
        return await _publication.BeginAsync(_tor, request, cancellationToken);
    }

    // Where tor is to connect to; that of a remote tor is another address than that of a tor on this computer.
    private async Task<IPEndPoint> ListenAtAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var server = _server ?? throw new OperationCanceledException("The service has ended.");
        var endpoint = await server.ListenAtAsync(address, cancellationToken);
        Change(status => status.State.IsEnded() ? status : status with { Port = endpoint.Port });
        return endpoint;
    }

    // Whoever is given a backend's own URL finds it gone when that backend is; the front's leads to one that is there.
    private string UrlAt(string host) => ServiceUrl.Of(_front ?? host, Context.Password);

    // Asks the onion instead of believing the event: whichever of two changes comes here last, what it finds is so.
    private void FollowTor() => Change(status => (status.State, _publication.IsPublished) switch
    {
        (ServiceState.Running, false) => status with { State = ServiceState.Disconnected },
        (ServiceState.Disconnected, true) => status with { State = ServiceState.Running },
        _ => status,
    });

    private async Task DrainAsync(StopReason reason)
    {
        Context.StopAccepting();
        Change(status => status with { State = ServiceState.Draining });
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
        var parts = new IAsyncDisposable?[] { _publication, _server, _mode };
        foreach (var part in parts)
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

        // An ended service is remembered for a while; what it held, such as the names of all the files it shared, need not be.
        lock (_lock)
        {
            _status = _status with { Files = _mode?.Content?.Files, Bytes = _mode?.Content?.Bytes };
            (_server, _mode) = (null, null);
        }

        _key?.Dispose();
    }

    // Published under the lock, so that listeners hear of changes in their order.
    private void Change(Func<ServiceStatus, ServiceStatus> change)
    {
        lock (_lock)
        {
            var changed = change(_status);
            if (changed == _status) return;
            _status = changed;
            PublishStatus();
        }
    }

    private void PublishStatus()
    {
        var change = new ServiceChanged { Time = _time.GetUtcNow(), Service = Status };
        _events.Publish(change);
        _told = change.Sequence;
    }
}
