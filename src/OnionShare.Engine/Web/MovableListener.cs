using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Web;

/// <summary>
/// The one endpoint of a Kestrel, which can be moved to another address while it serves: connections that are open go on, new ones come in at
/// the new address only.
/// </summary>
internal sealed class MovableListener : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(1);
    private readonly SemaphoreSlim _moving = new(1, 1);
    private readonly SocketTransportFactory _sockets;

    // Connections that came in through one need its memory until they end: it is only disposed of with this.
    private readonly List<IConnectionListener> _listeners = [];
    private Socket? _next;
    private IConnectionListener? _inner;
    private Task _pump = Task.CompletedTask;
    private bool _unbound;

    public MovableListener(Socket first, SocketTransportOptions options, ILoggerFactory loggers)
    {
        _next = first;
        EndPoint = first.LocalEndPoint!;
        options.CreateBoundListenSocket = _ => Interlocked.Exchange(ref _next, null) ?? throw new InvalidOperationException("There is no socket to listen on.");
        _sockets = new SocketTransportFactory(Options.Create(options), loggers);
    }

    public EndPoint EndPoint { get; private set; }

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        // What Kestrel was told stands for wherever this one listens.
        await ListenAsync(cancellationToken);
        return this;
    }

    /// <summary>Listens at an address and nowhere else; at the same port if it can.</summary>
    /// <exception cref="ProblemException">No port of that address can be listened on; it listens where it did.</exception>
    public async Task<IPEndPoint> MoveAsync(IPAddress address, CancellationToken cancellationToken)
    {
        await _moving.WaitAsync(cancellationToken);
        try
        {
            var present = (IPEndPoint)EndPoint;
            if (_unbound || present.Address.Equals(address)) return present;
            _next = ServiceSocket.Listen(address, present.Port);
            var (old, oldPump) = (_inner!, _pump);
            await ListenAsync(CancellationToken.None);
            await CloseAsync(old, oldPump);
            return (IPEndPoint)EndPoint;
        }
        finally
        {
            _moving.Release();
        }
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _moving.WaitAsync(CancellationToken.None);
        try
        {
            _unbound = true;
            if (_inner is { } inner) await CloseAsync(inner, _pump);
            _accepted.Writer.TryComplete();
        }
        finally
        {
            _moving.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync(CancellationToken.None);
        while (_accepted.Reader.TryRead(out var late)) await late.DisposeAsync();
        foreach (var listener in _listeners) await listener.DisposeAsync();
        _next?.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var listener = await _sockets.BindAsync(_next!.LocalEndPoint!, cancellationToken);
        EndPoint = listener.EndPoint;
        _inner = listener;
        _listeners.Add(listener);
        _pump = PumpAsync(listener);
    }

    private async Task PumpAsync(IConnectionListener listener)
    {
        while (await listener.AcceptAsync() is { } connection) await _accepted.Writer.WriteAsync(connection);
    }

    private static async Task CloseAsync(IConnectionListener listener, Task pump)
    {
        await listener.UnbindAsync();
        await pump;
    }
}
