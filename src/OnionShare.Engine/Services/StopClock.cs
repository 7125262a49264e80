namespace OnionShare.Engine.Services;

/// <summary>
/// Calls when a service's time is over. A stop time goes by the wall clock, so it also comes for a computer that slept; a length of time ends
/// when either the wall clock or the clock that nobody can set says so: setting the clock back does not make a service run on.
/// </summary>
internal sealed class StopClock(TimeProvider time, Action due) : IDisposable
{
    // The wall clock is asked again this often, so that a clock that was set, or a computer that slept, is noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private CancellationTokenSource? _current;
    private bool _disposed;

    /// <summary>When it will call, by the wall clock; null for never.</summary>
    public DateTimeOffset? StopsAt { get; private set; }

    /// <summary>Sets the stop time and the length of time counted from now; whichever comes first counts. Replaces what was set before.</summary>
    public void Set(DateTimeOffset? at, TimeSpan? after)
    {
        lock (_lock)
        {
            _current?.Cancel();
            _current = null;
            StopsAt = Earlier(at, time.GetUtcNow() + after);
            if (StopsAt is not { } stopsAt || _disposed) return;
            _current = new CancellationTokenSource();
            _ = WaitAsync(stopsAt, after, _current.Token);
        }
    }

    /// <summary>The one that comes first; null for never.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a < b || b is null ? a : b;

    /// <summary>Waits until the clock shows <paramref name="moment"/> or later.</summary>
    public static async Task WaitUntilAsync(TimeProvider time, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        while (moment - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            await Task.Delay(left < LongestWait ? left : LongestWait, time, cancellationToken);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _current?.Cancel();
        }
    }

    private async Task WaitAsync(DateTimeOffset stopsAt, TimeSpan? after, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var left = stopsAt - time.GetUtcNow();
            if (after - time.GetElapsedTime(since) is { } rest && rest < left) left = rest;
            if (left <= TimeSpan.Zero) break;
            await Task.Delay(left < LongestWait ? left : LongestWait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return;
        }

        due();
    }
}
