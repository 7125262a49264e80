using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Services;

/// <summary>What can be changed of a service while it lives, and what is kept of it.</summary>
public sealed partial class OnionService
{
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile IServiceKeeper? _keeper;
    private volatile bool _isLeaving;
    private bool _counting;

    /// <summary>The visitors who may reach it, when it asks for client keys.</summary>
    public IReadOnlyList<KnownClient> Clients => _publication.Clients;

    /// <summary>The request that makes it as it is now; its password is in it.</summary>
    public ServiceRequest Settings
    {
        get { lock (_lock) return (_mode?.Kept(_request) ?? _request) with { Name = Context.Name, Password = Context.Password }; }
    }

    /// <summary>The control port's form of its key; null for a local service, and for one that has ended. Secret.</summary>
    internal string? PrivateKey => Status.State.IsEnded() ? null : _key?.ToControl();

    /// <summary>Its address, from its beginning on; null for a local service.</summary>
    internal string? OnionAddress => _key?.Address;

    internal bool IsLeaving
    {
        get => _isLeaving;
        private set => _isLeaving = value;
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
            RequestCheck.Check(change, Status, _time);
            var settings = ChangedSettings.Of(_request, change, Context.Name);
            if (change.Detach) settings = settings with { Owner = null, StartedBy = StartedBy };
            var offer = change.AddPaths is null && change.RemovePaths is null ? null : await PrepareOfferAsync(change, cancellationToken);
            if (offer is not null) settings = settings is ShareRequest share ? share with { Paths = offer.Paths, Listed = offer.Listed } : settings;
            var isNewTime = (settings.StopAt, settings.StopAfter) != (_request.StopAt, _request.StopAfter) || change.StopAfter is not null;
            TimeSpan? counted;
            lock (_lock) counted = _counting ? settings.StopAfter : null;
            keep(
                settings with { Name = Context.Name, Password = change.Password ?? Context.Password },
                isNewTime ? StopClock.Earlier(settings.StopAt, _time.GetUtcNow() + counted) : _stopClock.StopsAt);
            offer?.Take();
            _mode?.Take(settings);
            _server?.Guard(change.Password, settings.GuessLimit);
            Context.GuessLimit = settings.GuessLimit;
            Context.Password = change.Password ?? Context.Password;
            Context.Title = change.Title ?? Context.Title;
            Context.Language = settings.Language;
            lock (_lock)
            {
                _request = settings;
                if (isNewTime) _stopClock.Set(settings.StopAt, _counting ? settings.StopAfter : null);
            }

            Change(status => status with
            {
                Name = Context.Name,
                Detached = settings.Owner is null,
                OwnerProcessId = settings.Owner?.ProcessId,
                Paths = _mode?.Paths ?? status.Paths,
                Title = Context.Title,
                Language = Context.Language,
                KeepsHistory = settings.KeepHistory,
                Password = Context.Password,
                Url = status is { Url: not null, Address: { } host } ? UrlAt(host) : null,
                StopsAt = _stopClock.StopsAt,
            });
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task<Offer> PrepareOfferAsync(ServiceChange change, CancellationToken cancellationToken)
    {
        var mode = _mode ?? throw new ProblemException(ProblemCodes.ServiceEnded, $"'{Context.Name}' has ended.", "Start it again.", Context.Name);
        var (paths, listed) = ChangedSettings.Paths(_request, change, Context.Name);
        var share = (ShareRequest)_request with { Paths = paths, Listed = listed };
        var take = await mode.PrepareOfferAsync(share, cut: change.RemovePaths is { Count: > 0 }, Context, cancellationToken);
        return new Offer(paths, listed, take);
    }

    private sealed record Offer(IReadOnlyList<string> Paths, IReadOnlyList<string> Listed, Action Take);

    internal void SetClients(IReadOnlyList<KnownClient> clients)
    {
        _publication.Clients = clients;
        Change(status => status with { Clients = [.. clients.Select(client => client.Name)] });
    }

    /// <summary>
    /// Makes it reachable by the visitors that are set now, and returns when it is. With <paramref name="cut"/> all that are there are thrown out.
    /// </summary>
    internal Task PublishClientsAsync(bool cut, CancellationToken cancellationToken) => _publication.RefreshAsync(cut, cancellationToken);

    /// <summary>Says who keeps it, the engine or a vault; neither when it is not saved any more.</summary>
    internal void Keep(IServiceKeeper? keeper, string? vault = null)
    {
        _keeper = keeper;
        Change(status => status with { Saved = keeper is not null, Vault = vault });
    }

    // Once, at the first reason to end.
    private async Task LeaveAsync(StopReason reason)
    {
        if (IsLeaving) return;
        IsLeaving = true;
        if (_keeper is { } keeper) await keeper.LeavingAsync(this, reason);
    }

    // From here on the service is reachable, and a length of time begins to count.
    private DateTimeOffset? BeginCounting()
    {
        lock (_lock)
        {
            _counting = true;
            if (_request.StopAfter is not null) _stopClock.Set(_request.StopAt, _request.StopAfter);
            return _stopClock.StopsAt;
        }
    }
}
