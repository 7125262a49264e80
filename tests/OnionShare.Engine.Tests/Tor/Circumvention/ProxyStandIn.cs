using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>
/// A SOCKS 5 proxy and an HTTP proxy in one, on 127.0.0.1, that lead every name and port to a port of 127.0.0.1. It remembers what it was asked for.
/// </summary>
internal sealed class ProxyStandIn : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<int> _target;
    private readonly Task _serving;

    public ProxyStandIn(int target)
        : this(() => target)
    {
    }

    /// <summary>Leads to a port that is known only when somebody wants to go there.</summary>
    public ProxyStandIn(Func<int> target)
    {
        _target = target;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The hosts and ports it was asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>The users and passwords that were given.</summary>
    public ConcurrentQueue<string> Credentials { get; } = new();

    /// <summary>Whether it wants a user and a password.</summary>
    public bool WantsPassword { get; init; }

    /// <summary>What it answers instead of connecting: a code of a SOCKS reply, or a whole HTTP status line.</summary>
    public (byte Socks, string Http)? Refusal { get; init; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var closing = client;
        try
        {
            var stream = client.GetStream();
            var first = (await BytesAsync(stream, 1))[0];
            if (first == 5 ? await SocksAsync(stream) : await ConnectAsync(stream, (char)first))
                await JoinAsync(stream);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The one who asked left, or the test is over.
        }
    }

    private async Task<bool> SocksAsync(NetworkStream stream)
    {
        var methods = await BytesAsync(stream, (await BytesAsync(stream, 1))[0]);
        var method = (byte)(methods.Contains((byte)2) && (WantsPassword || !methods.Contains((byte)0)) ? 2 : WantsPassword ? 0xFF : 0);
        await stream.WriteAsync((byte[])[5, method], _end.Token);
        if (method == 2)
        {
            await BytesAsync(stream, 1);
            var user = await BytesAsync(stream, (await BytesAsync(stream, 1))[0]);
            var password = await BytesAsync(stream, (await BytesAsync(stream, 1))[0]);
            Credentials.Enqueue($"{Encoding.UTF8.GetString(user)}:{Encoding.UTF8.GetString(password)}");
            await stream.WriteAsync((byte[])[1, 0], _end.Token);
        }

        if (method == 0xFF)
            return false;
        var kind = (await BytesAsync(stream, 4))[3];
        var host = kind switch
        {
            1 => new IPAddress(await BytesAsync(stream, 4)).ToString(),
            4 => new IPAddress(await BytesAsync(stream, 16)).ToString(),
            _ => Encoding.ASCII.GetString(await BytesAsync(stream, (await BytesAsync(stream, 1))[0])),
        };
        var port = await BytesAsync(stream, 2);
        Asked.Enqueue($"{host}:{(port[0] << 8) | port[1]}");
        await stream.WriteAsync((byte[])[5, Refusal?.Socks ?? 0, 0, 1, 0, 0, 0, 0, 0, 0], _end.Token);
        return Refusal is null;
    }

    private async Task<bool> ConnectAsync(NetworkStream stream, char first)
    {
        var head = new StringBuilder().Append(first);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)(await BytesAsync(stream, 1))[0]);
        var lines = head.ToString().Split("\r\n");
        Asked.Enqueue(lines[0].Split(' ') is ["CONNECT", var target, "HTTP/1.1"] ? target : lines[0]);
        var authorization = lines.FirstOrDefault(line => line.StartsWith("Proxy-Authorization: Basic ", StringComparison.Ordinal));
        if (authorization is not null)
            Credentials.Enqueue(Encoding.UTF8.GetString(Convert.FromBase64String(authorization.Split(' ')[2])));
        var status = Refusal?.Http ?? (WantsPassword && authorization is null ? "HTTP/1.1 407 Proxy Authentication Required" : "HTTP/1.1 200 Connection established");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(status + "\r\nVia: 1.1 test\r\n\r\n"), _end.Token);
        return status.Split(' ')[1] == "200";
    }

    private async Task JoinAsync(NetworkStream stream)
    {
        using var target = new TcpClient();
        await target.ConnectAsync(IPAddress.Loopback, _target(), _end.Token);
        var (up, down) = (stream.CopyToAsync(target.GetStream(), _end.Token), target.GetStream().CopyToAsync(stream, _end.Token));
        await Task.WhenAny(up, down);
        target.Close();
        stream.Close();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // closing one ends the other
    }

    private async Task<byte[]> BytesAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _end.Token);
        return bytes;
    }
}
