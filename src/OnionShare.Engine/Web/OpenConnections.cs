using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OnionShare.Engine.Web;

/// <summary>
/// The connections of one server, bounded in number. Strangers, whose connection never carried a request of somebody who was let in, have a pool of
/// their own: when it is full the oldest of them gives way, whatever it waits for. So whoever shows the right password is served however many hold
/// connections open without one. All visitors come from tor, at one address, so nothing is counted per address.
/// </summary>
internal sealed class OpenConnections(int most = TorLimits.Connections, int mostStrangers = TorLimits.Strangers)
{
    private static readonly object Key = new();

    private readonly Lock _lock = new();
    private readonly LinkedList<Place> _strangers = [];

    // Let in, with no request under way: the one that has waited longest stands first.
    private readonly LinkedList<Place> _resting = [];
    private readonly LinkedList<Place> _served = [];

    public ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        var place = new Place(connection);
        if (!Take(place))
        {
            connection.Abort(new ConnectionAbortedException("All connections are in use."));
            return;
        }

        connection.Items[Key] = place;
        try
        {
            await next(connection);
        }
        finally
        {
            Move(place, null);
        }
    };

    /// <summary>Request middleware behind the password gate: the connection carries a request of somebody who was let in.</summary>
    public async Task MarkAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var item) != true || item is not Place place)
        {
            await next(context);
            return;
        }

        Move(place, _served);
        try
        {
            await next(context);
        }
        finally
        {
            Move(place, _resting);
        }
    }

    /// <summary>
    /// Cuts those that never carried a request of somebody who was let in: nothing is on its way to them, and one that sends its request a
    /// byte a minute would hold up the end of the service.
    /// </summary>
    public void AbortStrangers() => Abort(_strangers);

    public void AbortAll() => Abort(_strangers, _resting, _served);

    private bool Take(Place place)
    {
        Place? leaving = null;
        lock (_lock)
        {
            if (_strangers.Count >= mostStrangers)
            {
                leaving = _strangers.First!.Value;
            }
            else if (_strangers.Count + _resting.Count + _served.Count >= most)
            {
                leaving = _strangers.First?.Value ?? _resting.First?.Value;
                if (leaving is null) return false;
            }

            leaving?.Node.List?.Remove(leaving.Node);
            _strangers.AddLast(place.Node);
        }

        leaving?.Connection.Abort(new ConnectionAbortedException("It gave way to a newer connection."));
        return true;
    }

    private void Move(Place place, LinkedList<Place>? to)
    {
        lock (_lock)
        {
            if (place.Node.List is not { } from) return; // it gave way, or has ended
            from.Remove(place.Node);
            to?.AddLast(place.Node);
        }
    }

    private void Abort(params ReadOnlySpan<LinkedList<Place>> lists)
    {
        List<Place> places = [];
        lock (_lock)
        {
            foreach (var list in lists) places.AddRange(list);
        }

        foreach (var place in places) place.Connection.Abort(new ConnectionAbortedException("The service was stopped."));
    }

    private sealed class Place
    {
        public Place(ConnectionContext connection)
        {
            Connection = connection;
            Node = new LinkedListNode<Place>(this);
        }

        public ConnectionContext Connection { get; }

        public LinkedListNode<Place> Node { get; }
    }
}
