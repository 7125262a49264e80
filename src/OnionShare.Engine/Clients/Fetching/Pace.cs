namespace OnionShare.Engine.Clients.Fetching;

/// <summary>How far a fetch or a send is, how fast it goes, and since when nothing has moved. Tells it on a few times a second.</summary>
internal sealed class Pace(TimeProvider time, Action<ClientEvent> tell)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly TransferRate _rate = new(time);
    private long _told = time.GetTimestamp();
    private long _moved = time.GetTimestamp();
    private int _busy;

    public string Activity { get; set; } = "";

    public long Bytes { get; private set; }

    /// <summary>Bytes in all; null when it is not known.</summary>
    public long? Total { get; set; }

    public TimeSpan Idle
    {
        get { lock (_lock) return time.GetElapsedTime(_moved); }
    }

    /// <summary>Bytes came, or (negative) turned out to be worth nothing.</summary>
    public void Add(long bytes)
    {
        lock (_lock)
        {
            Bytes += bytes;
            if (bytes > 0) _moved = time.GetTimestamp();
            _rate.Note(Bytes);
            if (time.GetElapsedTime(_told) < Every) return;
            _told = time.GetTimestamp();
        }

        Tell();
    }

    public void Tell(string? activity = null)
    {
        if (activity is not null) Activity = activity;
        double rate;
        lock (_lock) rate = _rate.BytesPerSecond ?? 0;
        tell(new ClientProgress { Activity = Activity, Bytes = Bytes, TotalBytes = Total, BytesPerSecond = rate, Connections = Volatile.Read(ref _busy) });
    }

    /// <summary>Something moved that has no bytes to count.</summary>
    public void Touch()
    {
        lock (_lock) _moved = time.GetTimestamp();
    }

    /// <summary>A circuit carries something until the answer is disposed.</summary>
    public IDisposable Work()
    {
        Interlocked.Increment(ref _busy);
        return new Working(this);
    }

    private sealed class Working(Pace pace) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref pace._busy);
    }
}
