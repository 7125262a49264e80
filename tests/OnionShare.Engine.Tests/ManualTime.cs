using System.Threading.Channels;

namespace OnionShare.Engine.Tests;

/// <summary>
/// A clock that goes on only when a test says so, and whose wall time can be set, as people, networks and sleeping computers do. It
/// stands in Berlin, at noon of the day before summer time begins.
/// </summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly Channel<TimeSpan> _started = Channel.CreateUnbounded<TimeSpan>();
    private DateTimeOffset _start = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    public override long GetTimestamp()
    {
        lock (_lock) return _elapsed.Ticks;
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _start + _elapsed;
    }

    /// <summary>Somebody sets the clock; no time passes.</summary>
    public void Set(TimeSpan by)
    {
        lock (_lock) _start += by;
    }

    /// <summary>Time passes, in steps in which timers go off in their order.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end;
        lock (_lock) end = _elapsed + by;
        while (true)
        {
            ManualTimer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _elapsed = next?.Due ?? end;
                if (next?.Again() is false) _timers.Remove(next);
            }

            if (next is null) return;
            next.Fire();
        }
    }

    /// <summary>Whether somebody waits for just this long.</summary>
    public bool Awaits(TimeSpan duration)
    {
        lock (_lock) return _timers.Any(timer => timer.Duration == duration);
    }

    /// <summary>How long the next timer that is started, or was and has not been asked for, is to run.</summary>
    public async Task<TimeSpan> NextTimerAsync() =>
        await _started.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Until.Limit, Cancel);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; private set; }

        public TimeSpan Duration { get; private set; }

        public void Fire() => callback(state);

        /// <summary>Whether it goes off again; then it is set for the next time.</summary>
        public bool Again()
        {
            if (_period <= TimeSpan.Zero) return false;
            (Due, Duration) = (Due + _period, _period);
            return true;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                (Duration, _period) = (dueTime, period);
                Due = time._elapsed + dueTime;
                time._timers.Add(this);
            }

            time._started.Writer.TryWrite(dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (time._lock) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
