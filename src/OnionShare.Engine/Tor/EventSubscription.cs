using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>
/// The events a tor is asked for (control-spec 3.4). SETEVENTS replaces what was asked for before, so all who need some ask here. A filter in
/// front of tor may refuse some; only descriptors are indispensable.
/// </summary>
internal sealed class EventSubscription(ControlConnection control)
{
    private static readonly string[] Sets = ["STATUS_CLIENT STATUS_GENERAL HS_DESC", "STATUS_CLIENT HS_DESC", "HS_DESC"];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _events;
    private int _bandwidthWatchers;

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
                return;
            }
        }
        finally
        {
            _turn.Release();
        }

        throw new ProblemException(new Problem(
            ProblemCodes.TorRefused, "What is in front of tor's control port does not let HS_DESC events through, which tell when a service is published.",
            "Allow SETEVENTS HS_DESC in the control port filter (onion-grater).")
        { Status = 502 });
    }

    /// <summary>Asks for the circuits' bandwidth as long as the result is not disposed. Where it is refused, none comes.</summary>
    public async Task<IAsyncDisposable> WatchBandwidthAsync(CancellationToken cancellationToken)
    {
        await ChangeAsync(1, cancellationToken);
        return new BandwidthWatch(this);
    }

    private async Task ChangeAsync(int watchers, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            // Always let finish, so that count and tor agree.
            _bandwidthWatchers += watchers;
            if (_events is { } events)
                await TryAsync(_bandwidthWatchers > 0 ? events + " CIRC_BW" : events);
        }
        finally
        {
            _turn.Release();
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

    private sealed class BandwidthWatch(EventSubscription subscription) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!subscription.IsClosed)
                await subscription.ChangeAsync(-1, CancellationToken.None);
        }
    }

    private bool IsClosed => control.Closed.IsCompleted;
}
