using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>
/// A proxy on 127.0.0.1 that takes CONNECT (RFC 9110 9.3.6) and SOCKS 5 (RFC 1928, 1929) on one port, with a password when it has one, leads to
/// loopback only, and keeps account.
/// </summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly (string User, string Password)? _credentials;
    private readonly Task _serving;
    private long _bytes;
    private int _refused;

    public CountingProxy(string? user = null, string? password = null)
    {
        _credentials = user is null ? null : (user, password!);
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Where it led, and by which protocol.</summary>
    public ConcurrentBag<(string Protocol, IPEndPoint Target)> Led { get; } = [];

    /// <summary>Bytes that went through it, both ways.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Visits turned away for want of the right password.</summary>
    public int Refused => _refused;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var visits = new List<Task>();
        try
        {
            while (true) visits.Add(VisitAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(visits);
        }
    }

    private async Task VisitAsync(TcpClient client)
    {
        using var visit = client;
        try
        {
            await using var stream = client.GetStream();
            var first = await ByteAsync(stream);
            var (protocol, target) = first == 5 ? ("SOCKS 5", await SocksAsync(stream)) : ("CONNECT", await ConnectAsync(stream, (char)first));
            if (target is null)
            {
                Interlocked.Increment(ref _refused);
                return;
            }

            if (!IPAddress.IsLoopback(target.Address)) throw new InvalidOperationException($"A test must not lead to {target}.");
            using var onward = new TcpClient(target.AddressFamily);
            await onward.ConnectAsync(target, _end.Token);
            Led.Add((protocol, target));
            await stream.WriteAsync(first == 5 ? new byte[] { 5, 0, 0, 1, 127, 0, 0, 1, 0, 0 } : "HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _end.Token);
            await using var beyond = onward.GetStream();
            await Task.WhenAny(CopyAsync(stream, beyond), CopyAsync(beyond, stream));
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Either side left; what it had asked for is in the account.
            client.Close();
        }
    }

    private async Task<IPEndPoint?> ConnectAsync(Stream stream, char first)
    {
        var head = new StringBuilder().Append(first);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) head.Append((char)await ByteAsync(stream));
        var lines = head.ToString().Split("\r\n");
        var wanted = _credentials is { } c ? "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.User}:{c.Password}")) : null;
        if (wanted is not null && !lines.Contains(wanted, StringComparer.OrdinalIgnoreCase))
        {
            await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n"u8.ToArray(), _end.Token);
            return null;
        }

        return IPEndPoint.Parse(lines[0].Split(' ')[1]);
    }

    private async Task<IPEndPoint?> SocksAsync(Stream stream)
    {
        var methods = await BytesAsync(stream, await ByteAsync(stream));
        var wanted = (byte)(_credentials is null ? 0 : 2);
        if (!methods.Contains(wanted))
        {
            await stream.WriteAsync(new byte[] { 5, 0xFF }, _end.Token);
            return null;
        }

        await stream.WriteAsync(new byte[] { 5, wanted }, _end.Token);
        if (_credentials is { } c)
        {
            await ByteAsync(stream);
            var user = Encoding.UTF8.GetString(await BytesAsync(stream, await ByteAsync(stream)));
            var password = Encoding.UTF8.GetString(await BytesAsync(stream, await ByteAsync(stream)));
            var right = (user, password) == c;
            await stream.WriteAsync(new byte[] { 1, (byte)(right ? 0 : 1) }, _end.Token);
            if (!right) return null;
        }

        var request = await BytesAsync(stream, 4);
        var address = request[3] switch
        {
            1 => new IPAddress(await BytesAsync(stream, 4)),
            4 => new IPAddress(await BytesAsync(stream, 16)),
            var kind => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"tor asks for addresses, not for kind {kind}")),
        };
        var port = await BytesAsync(stream, 2);
        return new IPEndPoint(address, (port[0] << 8) | port[1]);
    }

    private async Task CopyAsync(Stream from, Stream to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _end.Token) is var read and > 0)
        {
            Interlocked.Add(ref _bytes, read);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    private async Task<byte> ByteAsync(Stream stream) => (await BytesAsync(stream, 1))[0];

    private async Task<byte[]> BytesAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _end.Token);
        return bytes;
    }
}
