namespace OnionShare.Engine.Tests.Saved;

/// <summary>A clock that goes on when told to, and whose wall time can be set, as people, networks and sleeping computers do.</summary>
internal sealed class SettableClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<SettableTimer> _timers = [];
    private TimeSpan _elapsed;
    private DateTimeOffset _start = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);

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
            SettableTimer? next;
            lock (_lock)
            {
                next = _timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
                _elapsed = next?.Due ?? end;
                if (next is not null) _timers.Remove(next);
            }

            if (next is null) return;
            next.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SettableTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SettableTimer(SettableClock clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = clock._elapsed + dueTime;
                clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
