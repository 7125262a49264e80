namespace OnionShare.Engine.Services;

/// <summary>What the pages and routes of one service may know of it and tell it.</summary>
public sealed class ServiceContext
{
    private readonly EventHub _events;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource<StopReason> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _warnings = [];
    private readonly Lock _lock = new();
    private volatile string _name;
    private volatile string _title;
    private volatile string? _password;
    private volatile string? _language;
    private volatile int _guessLimit;
    private long _visits;
    private readonly CancellationTokenSource _draining = new();

    internal ServiceContext(string id, string name, string? title, string? password, int guessLimit, EventHub events, TimeProvider time)
    {
        Id = id;
        _name = name;
        _title = title ?? "OnionShare";
        _password = password;
        _guessLimit = guessLimit;
        _events = events;
        _time = time;
        Transfers = new TransferLog(id, name, events, time);
        Downloads = new RangedDownloads(Transfers, time, _draining.Token);
    }

    /// <summary>The language its operator chose for its pages, as a tag (<see cref="PageLanguage"/>); null for the visitor's own.</summary>
    public string? Language
    {
        get => _language;
        internal set => _language = value;
    }

    public string Id { get; }

    public string Name
    {
        get => _name;
        internal set => Transfers.ServiceName = _name = value;
    }

    public string Title
    {
        get => _title;
        internal set => _title = value;
    }

    /// <summary>The visitors' password; null for a public service.</summary>
    public string? Password
    {
        get => _password;
        internal set => _password = value;
    }

    /// <summary>Different wrong passwords after which the service stops; 0 = never.</summary>
    public int GuessLimit
    {
        get => _guessLimit;
        internal set => _guessLimit = value;
    }

    /// <summary>What <see cref="KeepProgress"/> was last given in the run before this one, of a saved service; null when there is nothing.</summary>
    public string? Progress { get; internal init; }

    /// <summary>Keeps, of a saved service, how far its visitors are, for the next run.</summary>
    internal Action<string?>? ProgressKeeper { get; set; }

    public TimeProvider Time => _time;

    public TransferLog Transfers { get; }

    public RangedDownloads Downloads { get; }

    /// <summary>Whether no new transfer may begin, because the service is about to end.</summary>
    public bool IsDraining => _draining.IsCancellationRequested;

    /// <summary>Cancelled when no new transfer may begin; what would go on for ever then ends by itself.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Cancelled when transfers under way must end now.</summary>
    public CancellationToken Cut => _cut.Token;
    public long Visits => Interlocked.Read(ref _visits);

    /// <summary>What the operator should know; the latest hundred.</summary>
    public IReadOnlyList<string> Warnings
    {
        get { lock (_lock) return [.. _warnings]; }
    }

    /// <summary>Completes when the service has a reason of its own to stop.</summary>
    internal Task<StopReason> Finished => _finished.Task;

    public OwnVisits OwnVisits { get; } = new();

    /// <summary>Counts a visit, unless it is the operator's own.</summary>
    public void CountVisit()
    {
        if (!OwnVisits.IsHere) Interlocked.Increment(ref _visits);
    }

    /// <summary>
    /// Keeps how far its visitors are, in whatever form the mode reads it, if the service is saved; null when there is nothing to go on with. What can't be
    /// kept is logged: visitors are served all the same.
    /// </summary>
    public void KeepProgress(string? progress) => ProgressKeeper?.Invoke(progress);

    /// <summary>The service's work is done, or must not go on.</summary>
    public void Finish(StopReason reason) => _finished.TrySetResult(reason);

    /// <param name="message">A sentence; what it quotes must have gone through <see cref="RemoteText.Show"/>.</param>
    public void Warn(string message)
    {
        lock (_lock)
        {
            if (_warnings.Count == 100) _warnings.RemoveAt(0);
            _warnings.Add(message);
        }

        _events.Publish(new ServiceWarned { Time = _time.GetUtcNow(), ServiceId = Id, ServiceName = Name, Message = message });
    }

    internal void StopAccepting() => _draining.Cancel();

    internal void CutTransfers() => _cut.Cancel();
}
