using OnionShare.Engine.Files;

namespace OnionShare.Engine.Services;

/// <summary>One download that comes in ranges, in the transfer log.</summary>
internal sealed class RangedDownload(TransferLog transfers, TimeProvider time, string name, long total, CancellationToken draining)
{
    private const int MostRanges = 64;

    private readonly Lock _lock = new();
    private readonly RangeSet _asked = new();
    private readonly RangeSet _handed = new();
    private ActiveTransfer? _transfer;
    private ITimer? _timer;
    private long _before;
    private long _number;
    private int _underWay;
    private long? _whole; // since when nothing has been asked for any more

    public long Total { get; } = total;

    public DownloadRange Begin(long start, long count)
    {
        lock (_lock)
        {
            _underWay++;
            // What was handed over may still be on its way: who is fast asks for it once more.
            if (_whole is { } since && (_underWay > 1 || time.GetElapsedTime(since) < RangedDownloads.Quiet)) return new DownloadRange(this, start, _number, false);
            _whole = null;
            var isFirst = _transfer is null;
            if (isFirst) _before = _handed.Count;
            _transfer ??= transfers.Begin(TransferDirection.Download, name, Total - _before, _before);
            _number = _transfer.Snapshot.Id;
            Add(_asked, start, count);
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return new DownloadRange(this, start, _number, isFirst);
        }
    }

    public void Report(long start, long bytes)
    {
        lock (_lock)
        {
            if (_transfer is null) return; // whole without it
            Add(_handed, start, bytes);
            _transfer.Report(_handed.Count - _before);
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _underWay--;
            if (_whole is not null) _whole = time.GetTimestamp();
            if (_transfer is null) return;
            if (_handed.Count == Total) Over();
            else if (_underWay == 0 && draining.IsCancellationRequested) Over();
            else if (_underWay == 0) (_timer ??= time.CreateTimer(_ => EndQuiet(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan)).Change(RangedDownloads.Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>It ends, unless a range is under way.</summary>
    public void EndQuiet()
    {
        lock (_lock)
        {
            if (_underWay == 0) Over();
        }
    }

    /// <summary>It has ended well, whatever is known of the ranges.</summary>
    public void Complete()
    {
        lock (_lock) Over(isWhole: true);
    }

    public void Fail(string error)
    {
        lock (_lock)
        {
            _transfer?.Fail(error);
            Over();
        }
    }

    public void Identify(string? sha256)
    {
        lock (_lock) _transfer?.Identify(sha256);
    }

    private static void Add(RangeSet ranges, long start, long count)
    {
        ranges.Add(start, start + count);
        ranges.Trim(MostRanges);
    }

    // Who asks for a part only has got it when that has been handed over.
    private void Over(bool isWhole = false)
    {
        _timer?.Dispose();
        _timer = null;
        if (_transfer is null) return;
        if (isWhole || _handed.Count == _asked.Count)
        {
            _transfer.Describe(name, _handed.Count - _before);
            _transfer.Complete();
        }
        else
        {
            _transfer.Cancel();
        }

        _transfer = null;
        if (!isWhole && _handed.Count < Total) return;
        _whole = time.GetTimestamp();
        _asked.Clear();
        _handed.Clear();
    }
}

/// <summary>One range of a <see cref="RangedDownload"/>. Whoever began it disposes it.</summary>
internal sealed class DownloadRange(RangedDownload download, long start, long transfer, bool isFirst) : ILoggedPart
{
    private bool _isOver;

    public long Transfer => transfer;

    public bool IsFirst => isFirst;

    public void Report(long bytes) => download.Report(start, bytes);

    public void Identify(string? sha256) => download.Identify(sha256);

    // Whether the download is complete follows from the bytes of all its ranges.
    public void Complete() => Dispose();

    public void Fail(string error) => download.Fail(error);

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        download.End();
    }
}
