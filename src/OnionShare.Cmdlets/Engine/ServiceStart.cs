namespace OnionShare.Cmdlets.Engine;

/// <summary>What brings a service up: where the engine is asked for it, and with what.</summary>
internal sealed record LaunchRequest(string Route, Func<HttpContent> Body)
{
    public static LaunchRequest Of(ServiceRequest request) => new(Routes.Services, () => ContractsJson.Body(request));

    /// <summary>One that is saved on the disk.</summary>
    public static LaunchRequest Of(string name, RestoreRequest how) => new(Routes.Restore(name), () => ContractsJson.Body(how));

    /// <summary>One whose record a vault keeps.</summary>
    public static LaunchRequest Of(RestoreRecordRequest request) => new(Routes.RestoreRecord, () => ContractsJson.Body(request));
}

/// <summary>How far a start is: what is being done, and how much of it, 0 to 100.</summary>
internal sealed record StartProgress(string Text, int Percent)
{
    private const int TroubleLength = 100;

    /// <summary>How far tor is in connecting.</summary>
    public static StartProgress Of(TorStatus? tor) => Of(tor, tor?.Error is { } error ? $": {RemoteText.Show(error.Detail, TroubleLength)}" : "");

    private static StartProgress Of(TorStatus? tor, string trouble) => tor switch
    {
        { State: TorState.Connected } => new("Connected to the Tor network", 100),
        { State: TorState.Bootstrapping } => new(
            $"Connecting to the Tor network: {tor.BootstrapPercent} %"
                + (tor.BootstrapSummary is { Length: > 0 } summary ? $" ({RemoteText.Show(summary, TroubleLength)})" : "") + trouble,
            Math.Clamp(tor.BootstrapPercent, 0, 100)),
        { State: TorState.Lost } => new("tor went away and is being brought back" + trouble, 0),
        _ => new("Starting tor" + trouble, 0),
    };
}

/// <summary>
/// Starts a service and sees it through until it is reachable. Whoever gives up on the way, by Ctrl+C or by an error, and lets go of it leaves no
/// service behind.
/// </summary>
internal sealed class ServiceStart(LaunchRequest request) : IAsyncDisposable
{
    // Publishing has no percentage of its own; connecting is what takes long.
    private const int ConnectedPercent = 80;

    private static readonly TimeSpan CleanupLimit = TimeSpan.FromSeconds(10);

    private readonly EngineClient _client = new(StatePaths.Socket());
    private readonly HashSet<string> _warned = [];
    private ServiceStatus? _begun;
    private bool _ranAlready;
    private bool _isFinished;

    public Action<StartProgress> Progress { get; init; } = static _ => { };

    /// <summary>Told each step, for a person who wants to know them all.</summary>
    public Action<string> Step { get; init; } = static _ => { };

    /// <summary>Told what the operator should know, each thing once.</summary>
    public Action<string> Warning { get; set; } = static _ => { };

    /// <summary>Whether the desktop is told of what the service comes to.</summary>
    public bool Notify { get; init; }

    /// <summary>Asks for the service, once, starting the engine if none runs; returns as soon as the engine has taken it on.</summary>
    public async Task<ServiceStatus> BeginAsync(CancellationToken cancellationToken)
    {
        if (_begun is not null) return _begun;
        var known = await ComingBackAsync(cancellationToken);
        (var status, _ranAlready) = await _client.LaunchAsync(request, cancellationToken);
        _begun = status;
        Step($"The engine has taken on the {status.Mode} service '{RemoteText.Show(status.Name)}', id {status.Id}.");
        if (Notify) await DesktopNotices.OfSession.FollowAsync(status.Id);
        if (_ranAlready) Warning($"'{RemoteText.Show(status.Name)}' runs already{(status.Detached ? ", detached" : "")}; no second one was started.");
        Warn(status.Warnings);
        foreach (var name in (await ComingBackAsync(cancellationToken)).Except([.. known, status.Name], StringComparer.OrdinalIgnoreCase).Select(name => RemoteText.Show(name)))
            Warning($"'{name}' comes back by itself, since it ran detached when the last engine ended. Stop-OnionService '{name}' takes it down.");
        return status;
    }

    /// <summary>
    /// Returns when the service, begun now if it was not, answers its visitors, or waits for its start time, or is over already; without
    /// <paramref name="wait"/> at once.
    /// </summary>
    /// <exception cref="ProblemException">It failed, or the engine went away.</exception>
    public async Task<ServiceStatus> FinishAsync(bool wait, CancellationToken cancellationToken)
    {
        var status = _begun is null ? await BeginAsync(cancellationToken) : await _client.ServiceAsync(_begun.Id, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (wait && !IsThere(status)) status = await FollowAsync(status, cancellationToken);
        Warn(status.Warnings);
        Step(EventWords.Of(status) + (status.Address is { } address ? $" Its address is {address}" : "") + (status.Port is { } port ? $"; it listens on 127.0.0.1:{port}." : ""));
        if (status.State == ServiceState.Failed) throw Failure(status);
        _isFinished = true;
        return status;
    }

    /// <summary>Takes a service that was begun and is not up down again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_begun is { } begun && !_isFinished && !_ranAlready) await AbandonAsync(begun.Id);
        _client.Dispose();
    }

    public static ProblemException Failure(ServiceStatus status) => new(status.Error ?? new Problem(
        ProblemCodes.Internal, $"The service '{RemoteText.Show(status.Name)}' failed.", "Start it again.", status.Name));

    private async Task<IReadOnlyList<string>> ComingBackAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await _client.EngineAsync(cancellationToken)).ComingBack;
        }
        catch (ProblemException none) when (none.Problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone)
        {
            return [];
        }
    }

    private async Task<ServiceStatus> FollowAsync(ServiceStatus status, CancellationToken cancellationToken)
    {
        TorStatus? tor = null;
        await foreach (var change in _client.FollowAsync(status.Id, cancellationToken))
        {
            if (change is ServiceChanged { Service: var service } && service.Id == status.Id)
            {
                if (service.State != status.State && !IsThere(service)) Step(EventWords.Of(service));
                status = service;
            }

            if (change is TorChanged { Tor: var latest })
            {
                if (!status.LocalOnly && StartProgress.Of(latest).Text is var text && (tor is null || text != StartProgress.Of(tor).Text)) Step(text + ".");
                tor = latest;
            }

            if (change is ServiceWarned warned && warned.ServiceId == status.Id) Warn([warned.Message]);
            if (IsThere(status)) break;
            if (!status.LocalOnly) Progress(Describe(status, tor));
        }

        return status;
    }

    private static bool IsThere(ServiceStatus status) =>
        status.State is ServiceState.Running or ServiceState.Scheduled or ServiceState.Draining || status.State.IsEnded();

    private static StartProgress Describe(ServiceStatus status, TorStatus? tor)
    {
        if (status.State == ServiceState.Publishing) return new("Publishing the onion service", ConnectedPercent + 10);
        var progress = StartProgress.Of(tor);
        return progress with { Percent = progress.Percent * ConnectedPercent / 100 };
    }

    private void Warn(IEnumerable<string> warnings)
    {
        foreach (var warning in warnings.Select(warning => RemoteText.Show(warning, 1000)))
            if (_warned.Add(warning)) Warning(warning);
    }

    private async Task AbandonAsync(string id)
    {
        using var limit = new CancellationTokenSource(CleanupLimit);
        try
        {
            await _client.StopServiceAsync(id, force: true, limit.Token);
            // What is told of as not started must not be there any more when it is told.
            await foreach (var change in _client.FollowAsync(id, limit.Token))
            {
                if (change is ServiceChanged { Service: var service } && service.Id == id && service.State.IsEnded()) return;
            }
        }
        catch (Exception exception) when (exception is ProblemException or OperationCanceledException)
        {
            // The error that led here is the one to tell. An engine that is gone took the service with it; one that hangs
            // takes it down when this session ends, unless it is detached.
        }
    }
}
