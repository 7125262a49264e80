namespace OnionShare.Cmdlets.Engine;

/// <summary>Makes of what the engine says what is new and wanted, each thing once.</summary>
internal sealed class EventSieve(EventFilter filter, Action<OnionEventArgs> tell)
{
    private readonly Dictionary<string, ServiceStatus> _services = [];
    private readonly Dictionary<string, long> _lastTransfers = [];
    private readonly HashSet<(string Service, long Id)> _active = [];
    private TorStatus? _tor;

    /// <summary>Takes what the engine said; without <paramref name="isNews"/> it is only learnt.</summary>
    public void Take(EngineEvent change, bool isNews = true)
    {
        var what = change switch
        {
            ServiceChanged { Service: var service } when filter.Wants(service.Id, service.Name) => Changed(change.Time, service),
            TransferChanged { Transfer: var transfer } when filter.Wants(transfer.ServiceId, transfer.ServiceName) =>
                Changed(change.Time, transfer),
            ServiceWarned warned when filter.Wants(warned.ServiceId, warned.ServiceName) =>
                new OnionEventArgs(OnionEventType.Warning, change.Time, EventWords.Of(warned))
                {
                    Service = ServiceOf(warned.ServiceId),
                },
            TorChanged { Tor: var tor } => Changed(change.Time, tor),
            _ => null,
        };
        if (isNews) TellIfWanted(what);
    }

    public void Tell(Problem problem) => TellIfWanted(new OnionEventArgs(OnionEventType.Warning, DateTimeOffset.Now, problem.ToString()));

    /// <summary>The engine is gone, and with it every service that had not ended: that is told. The next engine knows nothing of them.</summary>
    public void Forget()
    {
        var now = DateTimeOffset.Now;
        foreach (var service in _services.Values.Where(service => !service.State.IsEnded()).ToList())
        {
            TellIfWanted(Changed(now, EngineClient.Lost(service)));
        }

        _services.Clear();
        _lastTransfers.Clear();
        _active.Clear();
    }

    private OnionEventArgs? Changed(DateTimeOffset time, ServiceStatus service)
    {
        var isSame = _services.TryGetValue(service.Id, out var known) && known.State == service.State;
        _services[service.Id] = service;
        if (isSame) return null;
        return new OnionEventArgs(OnionEventType.State, time, EventWords.Of(service))
        {
            Service = new OnionService(service),
        };
    }

    private OnionEventArgs? Changed(DateTimeOffset time, Transfer transfer)
    {
        var key = (transfer.ServiceId, transfer.Id);
        var isBegin = transfer.Id > _lastTransfers.GetValueOrDefault(transfer.ServiceId);
        if (isBegin) _lastTransfers[transfer.ServiceId] = transfer.Id;
        // Ended before, and told again by a snapshot.
        else if (!_active.Contains(key)) return null;
        if (transfer.IsEnded) _active.Remove(key);
        else _active.Add(key);

        var type = isBegin || transfer.IsEnded ? OnionEventType.Transfer : OnionEventType.Progress;
        return new OnionEventArgs(type, time, EventWords.Of(transfer, isBegin))
        {
            Service = ServiceOf(transfer.ServiceId),
            Transfer = new OnionTransfer(transfer),
        };
    }

    private OnionEventArgs? Changed(DateTimeOffset time, TorStatus tor)
    {
        // Off is how every engine begins.
        var isNew = _tor is null
            ? tor.State != TorState.Off
            : (tor.State, tor.BootstrapPercent, tor.Error) != (_tor.State, _tor.BootstrapPercent, _tor.Error);
        _tor = tor;
        if (!isNew) return null;
        return new OnionEventArgs(OnionEventType.Tor, time, EventWords.Of(tor)) { Tor = tor.State.ToString(), TorPercent = tor.BootstrapPercent };
    }

    private OnionService? ServiceOf(string id) => _services.TryGetValue(id, out var service) ? new OnionService(service) : null;

    private void TellIfWanted(OnionEventArgs? what)
    {
        if (what is not null && filter.Wants(what.Kind)) tell(what);
    }
}
