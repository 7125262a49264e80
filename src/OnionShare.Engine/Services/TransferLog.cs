namespace OnionShare.Engine.Services;

/// <summary>The transfers of one service: those under way, and the latest that ended.</summary>
public sealed class TransferLog(string serviceId, string serviceName, EventHub events, TimeProvider time)
{
    public const int Remembered = 1000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ActiveTransfer> _active = [];
    private readonly Queue<Transfer> _ended = new();
    private TaskCompletionSource? _idle;
    private volatile string _serviceName = serviceName;
    private long _lastId;
    private long _completed;
    private DateTimeOffset? _lastEnd;

    /// <summary>The service's name, for the transfers that begin from now on.</summary>
    internal string ServiceName
    {
        set => _serviceName = value;
    }

    public int Active
    {
        get { lock (_lock) return _active.Count; }
    }

    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>When the last transfer ended; null when there was none.</summary>
    public DateTimeOffset? LastEnd
    {
        get { lock (_lock) return _lastEnd; }
    }

    /// <param name="direction">Which way its bytes go.</param>
    /// <param name="name">What is transferred; text from outside is made safe here.</param>
    /// <param name="totalBytes">Bytes it will have; null when unknown.</param>
    /// <param name="offset">Where in the whole it starts.</param>
    public ActiveTransfer Begin(TransferDirection direction, string name, long? totalBytes, long offset = 0)
    {
        ActiveTransfer transfer;
        lock (_lock)
        {
            transfer = new ActiveTransfer(this, time, new Transfer
            {
                Id = ++_lastId,
                ServiceId = serviceId,
                ServiceName = _serviceName,
                Direction = direction,
                State = TransferState.Active,
                Name = RemoteText.Show(name),
                TotalBytes = totalBytes,
                Offset = offset,
                StartedAt = time.GetUtcNow(),
            });
            _active.Add(transfer.Snapshot.Id, transfer);
        }

        Publish(transfer.Snapshot);
        return transfer;
    }

    /// <summary>The remembered transfers, oldest first, those under way included.</summary>
    public IReadOnlyList<Transfer> Snapshot()
    {
        lock (_lock) return [.. _ended.Concat(_active.Values.Select(transfer => transfer.Snapshot)).OrderBy(transfer => transfer.Id)];
    }

    /// <summary>Waits until no transfer is under way.</summary>
    public Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_active.Count == 0) return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The other side has told that it has got the whole of which this was a part.</summary>
    public void Verify(long id)
    {
        Transfer? verified = null;
        lock (_lock)
        {
            for (var left = _ended.Count; left > 0; left--)
            {
                var transfer = _ended.Dequeue();
                if (transfer.Id == id && !transfer.IsVerified) verified = transfer = transfer with { IsVerified = true };
                _ended.Enqueue(transfer);
            }
        }

        if (verified is not null) Publish(verified);
    }

    /// <summary>Forgets those that ended; they still count.</summary>
    public void ForgetEnded()
    {
        lock (_lock) _ended.Clear();
    }

    internal void Publish(Transfer transfer) =>
        events.Publish(new TransferChanged { Time = time.GetUtcNow(), Transfer = transfer });

    internal void End(Transfer transfer)
    {
        TaskCompletionSource? idle = null;
        lock (_lock)
        {
            _active.Remove(transfer.Id);
            _ended.Enqueue(transfer);
            if (_ended.Count > Remembered) _ended.Dequeue();
            _lastEnd = transfer.EndedAt;
            if (transfer.State == TransferState.Completed) Interlocked.Increment(ref _completed);
            if (_active.Count == 0) (idle, _idle) = (_idle, null);
        }

        Publish(transfer);
        idle?.SetResult();
    }
}
