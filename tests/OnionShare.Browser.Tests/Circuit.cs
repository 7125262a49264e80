using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace OnionShare.Browser.Tests;

/// <summary>A visitor's way to the service: a SOCKS 5 proxy (RFC 1928) that can break, and come back.</summary>
internal sealed class Circuit : IAsyncDisposable
{
    private static readonly byte[] NoAuthentication = [5, 0];
    private static readonly byte[] Connected = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] HostUnreachable = [5, 4, 0, 1, 0, 0, 0, 0, 0, 0];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<int?> _target;
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Task _accepting;
    private bool _isBroken;
    private long _sent;
    private long _bytesLeft = long.MaxValue;
    private TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens at once.</summary>
    /// <param name="target">The port of the service at the moment; null when there is none.</param>
    public Circuit(Func<int?> target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What the visitor's browser is told.</summary>
    public Proxy Proxy => new() { Server = $"socks5://{_listener.LocalEndpoint}" };

    /// <summary>Bytes the visitor has sent so far.</summary>
    public long Sent
    {
        get { lock (_lock) return _sent; }
    }

    /// <summary>Cuts every connection, and lets no new one through.</summary>
    public void Break()
    {
        lock (_lock)
        {
            _isBroken = true;
            _bytesLeft = long.MaxValue;
            foreach (var socket in _sockets) socket.Close(0);
            _sockets.Clear();
            _broken.TrySetResult();
        }
    }

    /// <summary>Breaks when the visitor has sent that many more bytes; the task ends then.</summary>
    public Task BreakAfterAsync(long bytes)
    {
        lock (_lock)
        {
            _bytesLeft = bytes;
            _broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _broken.Task;
        }
    }

    /// <summary>Lets connections through again.</summary>
    public void Mend()
    {
        lock (_lock) _isBroken = false;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Break();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket visitor;
            try
            {
                visitor = await _listener.AcceptSocketAsync();
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
                return; // the listener was stopped
            }

            _ = CarryAsync(visitor);
        }
    }

    private async Task CarryAsync(Socket visitor)
    {
        var service = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        visitor.NoDelay = true;
        try
        {
            Keep(visitor, service);
            await GreetAsync(visitor);
            if (_isBroken || _target() is not { } port)
            {
                await visitor.SendAsync(HostUnreachable);
                return;
            }

            await service.ConnectAsync(IPAddress.Loopback, port);
            await visitor.SendAsync(Connected);
            await Task.WhenAny(PumpAsync(visitor, service, Count), PumpAsync(service, visitor, _ => { }));
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException or EndOfStreamException)
        {
            // One of the two has gone: so has the connection.
        }
        finally
        {
            lock (_lock) _sockets.ExceptWith([visitor, service]);
            visitor.Dispose();
            service.Dispose();
        }
    }

    private void Keep(params ReadOnlySpan<Socket> sockets)
    {
        lock (_lock)
        {
            foreach (var socket in sockets) _sockets.Add(socket);
        }
    }

    private void Count(int bytes)
    {
        lock (_lock)
        {
            _sent += bytes;
            _bytesLeft -= bytes;
            if (_bytesLeft <= 0) Break();
        }
    }

    private static async Task GreetAsync(Socket visitor)
    {
        var methods = await ReadAsync(visitor, 2);
        await ReadAsync(visitor, methods[1]);
        await visitor.SendAsync(NoAuthentication);
        var head = await ReadAsync(visitor, 5); // version, CONNECT, reserved, «a name», its length
        await ReadAsync(visitor, head[4] + 2);
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var got = await socket.ReceiveAsync(bytes.AsMemory(read));
            if (got == 0) throw new EndOfStreamException();
            read += got;
        }

        return bytes;
    }

    private static async Task PumpAsync(Socket from, Socket to, Action<int> count)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory()) is > 0 and var read)
            {
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                count(read);
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            // Whoever waits sees the end of it.
        }
    }
}
