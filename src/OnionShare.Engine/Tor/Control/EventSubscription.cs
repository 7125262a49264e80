using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Control;

/// <summary>
/// The events a tor is asked for (control-spec 3.4). SETEVENTS replaces what was asked for before, so all who need some ask here. A filter in
/// front of tor may refuse some; only descriptors are indispensable.
/// </summary>
internal sealed class EventSubscription(ControlConnection control)
{
    private static readonly string[] Sets = ["STATUS_CLIENT STATUS_GENERAL HS_DESC", "STATUS_CLIENT HS_DESC", "HS_DESC"];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _events;
    private readonly List<string> _more = [];

    /// <summary>Asks for the events that are always needed.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorRefused"/>: it can't be learnt whether onions are published.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var events in Sets)
            {
                if (!await TryAsync(events))
                    continue;
                _events = events;
                if (_more.Count > 0)
                    await AskAsync(events);
                return;
            }
        }
        finally
        {
            _turn.Release();
        }

        throw new ProblemException(
            ProblemCodes.TorRefused,
            "A filter in front of tor's control port blocks HS_DESC events, which tell when a service is published.",
            "Allow SETEVENTS HS_DESC in the control port filter (onion-grater).");
    }

    /// <summary>Asks for the circuits' bandwidth as long as the result is not disposed. Where it is refused, none comes.</summary>
    public Task<IAsyncDisposable> WatchBandwidthAsync(CancellationToken cancellationToken) => WatchAsync("CIRC_BW", cancellationToken);

    /// <summary>Asks for tor's warnings as long as the result is not disposed. Where they are refused, none come.</summary>
    public Task<IAsyncDisposable> WatchWarningsAsync(CancellationToken cancellationToken) => WatchAsync("WARN", cancellationToken);

    private async Task<IAsyncDisposable> WatchAsync(string type, CancellationToken cancellationToken)
    {
        await ChangeAsync(() => _more.Add(type), cancellationToken);
        return new Watch(this, type);
    }

    private async Task ChangeAsync(Action change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Always let finish, so that the list and tor agree.
            change();
            if (_events is { } events)
                await AskAsync(events);
        }
        finally
        {
            _turn.Release();
        }
    }

    // What one watcher asks for in vain must not cost another what it has: then tor is asked for one after the other.
    private async Task AskAsync(string events)
    {
        if (await TryAsync(string.Join(' ', _more.Distinct().Prepend(events))))
            return;
        await TryAsync(events);
        foreach (var type in _more.Distinct())
        {
            if (await TryAsync($"{events} {type}"))
                events += " " + type;
        }
    }

    private async Task<bool> TryAsync(string events)
    {
        try
        {
            await control.SendAsync("SETEVENTS " + events, CancellationToken.None);
            return true;
        }
        catch (ControlRefusedException)
        {
            return false;
        }
    }

    private sealed class Watch(EventSubscription subscription, string type) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!subscription.IsClosed)
                await subscription.ChangeAsync(() => subscription._more.Remove(type), CancellationToken.None);
        }
    }

    private bool IsClosed => control.Closed.IsCompleted;
}
