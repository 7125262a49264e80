namespace OnionShare.Engine.Services;

/// <summary>A transfer under way. Whoever began it disposes it; if it was neither completed nor failed by then it counts as cancelled.</summary>
public sealed class ActiveTransfer : ILoggedPart
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(250);

    private readonly TransferLog _log;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Transfer _transfer;
    private long _lastReport;

    internal ActiveTransfer(TransferLog log, TimeProvider time, Transfer transfer)
    {
        _log = log;
        _time = time;
        _transfer = transfer;
        _lastReport = time.GetTimestamp();
    }

    long ILoggedPart.Transfer => Snapshot.Id;

    bool ILoggedPart.IsFirst => true;

    public Transfer Snapshot
    {
        get { lock (_lock) return _transfer; }
    }

    /// <summary>Tells how many bytes were handed over so far; listeners hear of it a few times a second.</summary>
    public void Report(long bytes)
    {
        Transfer transfer;
        lock (_lock)
        {
            if (_transfer.IsEnded) return;
            _transfer = _transfer with { Bytes = bytes };
            if (_time.GetElapsedTime(_lastReport) < ReportEvery) return;
            _lastReport = _time.GetTimestamp();
            transfer = _transfer;
        }

        _log.Publish(transfer);
    }

    /// <summary>Tells what is transferred, now that more is known of it.</summary>
    /// <param name="name">What; text from outside is made safe here.</param>
    /// <param name="totalBytes">Bytes it will have; null when unknown.</param>
    public void Describe(string name, long? totalBytes)
    {
        lock (_lock)
        {
            if (!_transfer.IsEnded) _transfer = _transfer with { Name = RemoteText.Show(name), TotalBytes = totalBytes };
        }
    }

    /// <summary>Tells the SHA-256 of the whole.</summary>
    /// <param name="sha256">64 hexadecimal digits; null while it is not known.</param>
    public void Identify(string? sha256)
    {
        lock (_lock)
        {
            if (!_transfer.IsEnded) _transfer = _transfer with { Sha256 = sha256 };
        }
    }

    public void Complete(IReadOnlyList<string>? paths = null) => End(TransferState.Completed, null, paths);

    /// <param name="error">Why, for a person.</param>
    /// <param name="paths">Local paths of what is there all the same.</param>
    public void Fail(string error, IReadOnlyList<string>? paths = null) => End(TransferState.Failed, error, paths);

    /// <summary>The other side hung up.</summary>
    /// <param name="paths">Local paths of what is there all the same.</param>
    public void Cancel(IReadOnlyList<string>? paths = null) => End(TransferState.Cancelled, null, paths);

    void ILoggedPart.Complete() => Complete();

    void ILoggedPart.Fail(string error) => Fail(error);

    public void Dispose() => Cancel();

    private void End(TransferState state, string? error, IReadOnlyList<string>? paths)
    {
        Transfer transfer;
        lock (_lock)
        {
            if (_transfer.IsEnded) return;
            transfer = _transfer = _transfer with
            {
                State = state,
                EndedAt = _time.GetUtcNow(),
                Error = error is null ? null : RemoteText.Show(error, 500),
                Paths = paths ?? [],
            };
        }

        _log.End(transfer);
    }
}
