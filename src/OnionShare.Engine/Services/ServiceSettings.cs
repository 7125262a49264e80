namespace OnionShare.Engine.Services;

/// <summary>A change of settings that was looked through and can be made.</summary>
/// <param name="Request">The settings as they will be, without name and password.</param>
/// <param name="Password">The password as it will be.</param>
/// <param name="StopsAt">When the service will stop.</param>
/// <param name="IsNewTime">Whether that is anew to be counted.</param>
/// <param name="TakeOffer">Offers other files; null when they are the same.</param>
internal sealed record PreparedChange(ServiceRequest Request, string? Password, DateTimeOffset? StopsAt, bool IsNewTime, Action? TakeOffer);

/// <summary>The settings of a service as they are now, and the time they give it.</summary>
internal sealed class ServiceSettings(ServiceRequest request, ServiceContext context, TimeProvider time, Action due) : IDisposable
{
    // The wall clock is asked again this often, so that a clock that was set, or a computer that slept, is noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly StopClock _stopClock = new(time, due);
    private ServiceRequest _request = request;
    private bool _isCounting;

    /// <summary>The request that makes the service as it is now; its password is in it.</summary>
    public ServiceRequest Current
    {
        get { lock (_lock) return _request with { Name = context.Name, Password = context.Password }; }
    }

    public DateTimeOffset? StopsAt => _stopClock.StopsAt;

    /// <summary>A stop time counts from here on; a length of time only when the service is reachable.</summary>
    public void Begin() => _stopClock.Set(_request.StopAt, null);

    /// <summary>The service is reachable, and a length of time begins to count.</summary>
    /// <returns>When it stops.</returns>
    public DateTimeOffset? BeginCounting()
    {
        lock (_lock)
        {
            _isCounting = true;
            if (_request.StopAfter is not null) _stopClock.Set(_request.StopAt, _request.StopAfter);
            return _stopClock.StopsAt;
        }
    }

    /// <summary>Looks a change through; nothing is changed yet.</summary>
    /// <exception cref="ProblemException">It can't be made.</exception>
    public async Task<PreparedChange> PrepareAsync(ServiceChange change, ServiceStatus status, IServiceMode? mode, CancellationToken cancellationToken)
    {
        RequestCheck.Check(change, status, time);
        var settings = ChangedSettings.Of(_request, change, context.Name);
        if (change.Detach) settings = settings with { Owner = null, StartedBy = status.StartedBy };
        Action? takeOffer = null;
        if (change.AddPaths is not null || change.RemovePaths is not null) (settings, takeOffer) = await PrepareOfferAsync(change, settings, mode, cancellationToken);
        var isNewTime = (settings.StopAt, settings.StopAfter) != (_request.StopAt, _request.StopAfter) || change.StopAfter is not null;
        return new PreparedChange(
            settings, change.Password ?? context.Password,
            isNewTime ? StopClock.Earlier(settings.StopAt, time.GetUtcNow() + Counted(settings)) : _stopClock.StopsAt, isNewTime, takeOffer);
    }

    public void Take(PreparedChange change)
    {
        context.GuessLimit = change.Request.GuessLimit;
        context.Password = change.Password;
        context.Title = change.Request.Title ?? context.Title;
        context.Language = change.Request.Language;
        lock (_lock)
        {
            _request = change.Request;
            if (change.IsNewTime) _stopClock.Set(_request.StopAt, Counted(_request));
        }
    }

    /// <summary>Waits until the clock shows <paramref name="moment"/> or later.</summary>
    public static async Task WaitUntilAsync(TimeProvider time, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        while (moment - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            await Task.Delay(left < LongestWait ? left : LongestWait, time, cancellationToken);
    }

    public void Dispose() => _stopClock.Dispose();

    private TimeSpan? Counted(ServiceRequest settings)
    {
        lock (_lock) return _isCounting ? settings.StopAfter : null;
    }

    private async Task<(ServiceRequest Settings, Action Take)> PrepareOfferAsync(
        ServiceChange change, ServiceRequest settings, IServiceMode? mode, CancellationToken cancellationToken)
    {
        if (mode is null) throw new ProblemException(ProblemCodes.ServiceEnded, $"'{context.Name}' has ended.", "Start it again.", context.Name);
        var (paths, listed) = ChangedSettings.Paths(settings, change, context.Name);
        var share = (ShareRequest)settings with { Paths = paths, Listed = listed };
        return (share, await mode.PrepareOfferAsync(share, cut: change.RemovePaths is { Count: > 0 }, context, cancellationToken));
    }

    /// <summary>
    /// Calls when a service's time is over. A stop time goes by the wall clock, so it also comes for a computer that slept; a length of time ends
    /// when either the wall clock or the clock that nobody can set says so: setting the clock back does not make a service run on.
    /// </summary>
    private sealed class StopClock(TimeProvider time, Action due) : IDisposable
    {
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
}
