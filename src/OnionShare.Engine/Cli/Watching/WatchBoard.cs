namespace OnionShare.Engine.Cli.Watching;

/// <summary>Something that happened while somebody watched.</summary>
internal sealed record Happening(DateTimeOffset Time, string Text, bool IsBad = false);

internal sealed record WatchedTransfer(Transfer Transfer, TransferRate Rate);

internal sealed record WatchedNow(
    IReadOnlyList<ServiceStatus> Services, ServiceStatus? Chosen, IReadOnlyList<WatchedTransfer> Transfers, IReadOnlyList<Happening> Happenings, TorStatus? Tor,
    bool? IsEngineThere, string? Trouble, string? Notice);

/// <summary>What is known of the services, their transfers, tor, and what happened; of any thread.</summary>
internal sealed class WatchBoard(TimeProvider time)
{
    private const int HappeningsKept = 500;
    private const int TransfersKept = 100;
    private const int EndedKept = 50;

    private static readonly TimeSpan NoticeLasts = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<ServiceStatus> _services = [];
    private readonly List<WatchedTransfer> _transfers = [];
    private readonly Queue<Happening> _happenings = new();
    private TorStatus? _tor;
    private string? _chosen;
    private bool? _isEngineThere;
    private bool _isNews;
    private string? _trouble;
    private (string Text, long At)? _notice;

    /// <summary>Raised for each happening, under the lock.</summary>
    public event Action<Happening>? Happened;

    public WatchedNow Now
    {
        get
        {
            lock (_lock)
            {
                var notice = _notice is { } said && time.GetElapsedTime(said.At) < NoticeLasts ? said.Text : null;
                // Those under way first, then the latest that ended.
                IReadOnlyList<WatchedTransfer> transfers =
                    [.. _transfers.Where(one => !one.Transfer.IsEnded), .. _transfers.Where(one => one.Transfer.IsEnded).OrderByDescending(one => one.Transfer.EndedAt)];
                return new WatchedNow(Ordered(), Chosen(), transfers, [.. _happenings], _tor, _isEngineThere, _trouble, notice);
            }
        }
    }

    public void Take(EngineEvent change)
    {
        lock (_lock)
        {
            (_isEngineThere, _trouble) = (true, null);
            switch (change)
            {
                case ServiceChanged { Service: var service }:
                    Take(change, service);
                    break;
                case TransferChanged { Transfer: var transfer }:
                    Take(change, transfer);
                    break;
                case ServiceWarned warned:
                    Tell(change.Time, EventWords.Of(warned), isBad: true);
                    break;
                case TorChanged { Tor: var tor }:
                    if (_isNews && (tor.State, tor.Error) != (_tor?.State, _tor?.Error) && tor.State != TorState.Bootstrapping)
                        Tell(change.Time, EventWords.Of(tor), tor.State is TorState.Lost or TorState.Failed);
                    _tor = tor;
                    break;
                case EventsLost lost:
                    Tell(change.Time, $"{lost.Count} events came too fast to be told.");
                    break;
                case SnapshotTold:
                    _isNews = true;
                    break;
            }
        }
    }

    /// <summary>Takes the counts of a service; its state comes by events, which are never older.</summary>
    public void Count(ServiceStatus counted)
    {
        lock (_lock)
        {
            var at = _services.FindIndex(one => one.Id == counted.Id);
            if (at >= 0)
                _services[at] = _services[at] with { Visits = counted.Visits, ActiveTransfers = counted.ActiveTransfers, CompletedTransfers = counted.CompletedTransfers, Members = counted.Members };
        }
    }

    /// <summary>No engine runs; what it had is gone with it.</summary>
    public void EngineGone()
    {
        lock (_lock)
        {
            if (_isEngineThere is false) return;
            (_isEngineThere, _tor) = (false, null);
            if (_services.Exists(one => !one.State.IsEnded())) Tell(time.GetUtcNow(), "The engine ended; its services are down.", isBad: true);
            _services.Clear();
            _transfers.Clear();
        }
    }

    public void Trouble(string text)
    {
        lock (_lock) _trouble = text;
    }

    /// <summary>Tells the person something, for some seconds.</summary>
    public void Say(string text)
    {
        lock (_lock) _notice = (text, time.GetTimestamp());
    }

    /// <summary>Chooses another service, so many further down (up where negative).</summary>
    public void Choose(int further)
    {
        lock (_lock)
        {
            var services = Ordered();
            if (services.Count == 0) return;
            var at = services.FindIndex(one => one.Id == Chosen()?.Id);
            _chosen = services[Math.Clamp(at + further, 0, services.Count - 1)].Id;
        }
    }

    // Those that have not ended, oldest first; then what ended while somebody watched.
    private List<ServiceStatus> Ordered() => [.. _services.OrderBy(one => one.State.IsEnded())];

    private ServiceStatus? Chosen() => _services.Find(one => one.Id == _chosen) ?? Ordered().FirstOrDefault();

    private void Take(EngineEvent change, ServiceStatus service)
    {
        var at = _services.FindIndex(one => one.Id == service.Id);
        // What was over before is no news, and not in the way.
        if (at < 0 && service.State.IsEnded() && !_isNews) return;
        var known = at < 0 ? null : _services[at];
        if (at < 0) _services.Add(service);
        else _services[at] = service;
        if (_services.Count(one => one.State.IsEnded()) > EndedKept) _services.Remove(_services.First(one => one.State.IsEnded()));
        if (known?.State != service.State) Tell(change.Time, EventWords.Of(service), service.State is ServiceState.Failed or ServiceState.Disconnected);
    }

    private void Take(EngineEvent change, Transfer transfer)
    {
        var at = _transfers.FindIndex(one => one.Transfer.Id == transfer.Id && one.Transfer.ServiceId == transfer.ServiceId);
        if (at < 0 && transfer.IsEnded && !_isNews) return;
        var watched = at < 0 ? new WatchedTransfer(transfer, new TransferRate(time)) : _transfers[at] with { Transfer = transfer };
        watched.Rate.Note(transfer.Bytes);
        var isTold = at >= 0 && _transfers[at].Transfer.State == transfer.State;
        if (at < 0) _transfers.Add(watched);
        else _transfers[at] = watched;
        if (_transfers.Count > TransfersKept && _transfers.Find(one => one.Transfer.IsEnded) is { } oldest) _transfers.Remove(oldest);
        if (!isTold) Tell(change.Time, EventWords.Of(transfer, begins: at < 0), transfer.State == TransferState.Failed);
    }

    private void Tell(DateTimeOffset at, string text, bool isBad = false)
    {
        var happening = new Happening(at, RemoteText.Show(text, 1000), isBad);
        _happenings.Enqueue(happening);
        if (_happenings.Count > HappeningsKept) _happenings.Dequeue();
        Happened?.Invoke(happening);
    }
}
