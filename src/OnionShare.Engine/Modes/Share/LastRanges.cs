using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Share;

/// <summary>
/// The end of a share whose last download came in ranges. A program that fetches over several connections (axel, aria2, download managers) may
/// ask for a range that another connection has already brought; refused, it takes the whole download for broken. So the share waits until that
/// program has asked for nothing for a while.
/// </summary>
internal sealed class LastRanges : IDisposable
{
    /// <summary>How long nothing must have been asked for.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private string? _chain;
    private int _underWay;
    private bool _isOver;

    /// <summary>The share is to end as soon as that chain of requests (<see cref="Web.DownloadCoverage.ChainOf"/>) is quiet.</summary>
    public void Begin(string chain, ServiceContext service)
    {
        lock (_lock)
        {
            if (_chain is not null || _isOver) return;
            _chain = chain;
            _timer = service.Time.CreateTimer(_ => service.Finish(StopReason.Downloaded), null, _underWay > 0 ? Timeout.InfiniteTimeSpan : Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether a request may have bytes: any may until the end has begun, then ranges of that chain. Give back what is got.</summary>
    public IDisposable? TryEnter(string chain, bool isRange)
    {
        lock (_lock)
        {
            if (_chain is not null && (_chain != chain || !isRange)) return null;
            _underWay++;
            _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return new Turn(this);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _timer?.Dispose();
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_underWay == 0 && !_isOver) _timer?.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Turn(LastRanges ranges) : IDisposable
    {
        public void Dispose() => ranges.Leave();
    }
}
