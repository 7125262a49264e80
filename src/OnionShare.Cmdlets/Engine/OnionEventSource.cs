using OnionShare.Cmdlets.Engine;

namespace OnionShare;

/// <summary>
/// Where the events of <c>Register-OnionEvent</c> come from. It listens to the engine from the first subscriber to the last; where no
/// engine runs it waits for one, and it starts none. Its work is done in the background and keeps no process from ending.
/// </summary>
public sealed class OnionEventSource
{
    private readonly Lock _lock = new();
    private readonly EventFilter _filter;
    private EventHandler<OnionEventArgs>? _handlers;
    private CancellationTokenSource? _listening;

    private readonly bool _notify;

    /// <param name="filter">Which.</param>
    /// <param name="notify">Whether the person at the desktop is told of each, too.</param>
    internal OnionEventSource(EventFilter filter, bool notify = false) => (_filter, _notify) = (filter, notify);

    /// <summary>Something happened. Raised on threads of the pool, one event after the other.</summary>
    public event EventHandler<OnionEventArgs>? Occurred
    {
        add
        {
            lock (_lock)
            {
                _handlers += value;
                if (_handlers is not null && _listening is null) Listen();
            }
        }

        remove
        {
            lock (_lock)
            {
                _handlers -= value;
                if (_handlers is null) Leave();
            }
        }
    }

    /// <summary>Whether anybody has subscribed, so that it listens to the engine.</summary>
    public bool IsListening
    {
        get { lock (_lock) return _listening is not null; }
    }

    /// <summary>Completes when nothing that happens from then on is missed.</summary>
    internal Task Ready { get; private set; } = Task.CompletedTask;

    public override string ToString() => _filter.ToString();

    private void Listen()
    {
        _listening = new CancellationTokenSource();
        var stop = _listening.Token;
        var watch = new EventWatch(StatePaths.Socket(), new EventSieve(_filter, what => Tell(what, stop)));
        Ready = watch.Ready;
        _ = Task.Run(() => watch.RunAsync(stop), CancellationToken.None);
    }

    private void Leave()
    {
        _listening?.Cancel();
        _listening = null;
    }

    private void Tell(OnionEventArgs what, CancellationToken stop)
    {
        // Who has left is told no more, even of what had already arrived.
        if (stop.IsCancellationRequested) return;
        if (_notify) DesktopNotices.OfSession.Show(what);
        Volatile.Read(ref _handlers)?.Invoke(this, what);
    }
}
