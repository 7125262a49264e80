using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionShare.TorNetwork;

namespace OnionShare.Engine.Tests.TorNetwork;

/// <summary>
/// The smallest onion service there is, made with nothing of the product: a listener which answers every HTTP request with one text, and
/// a control connection which added it. It is gone when the connection is closed.
/// </summary>
internal sealed class RawOnion : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly TcpClient _control;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _answering;

    private RawOnion(TcpListener listener, TcpClient control, string address, string text)
    {
        _listener = listener;
        _control = control;
        Url = new Uri($"http://{address}.onion/");
        _answering = AnswerAsync(listener, text, _end.Token);
    }

    public Uri Url { get; }

    public static async Task<RawOnion> PublishAsync(TorClient tor, string text, CancellationToken cancellationToken)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        var control = new TcpClient();
        try
        {
            listener.Start();
            await control.ConnectAsync(tor.ControlEndpoint!, cancellationToken);
            using var reader = new StreamReader(control.GetStream(), Encoding.ASCII, leaveOpen: true);
            var cookie = Convert.ToHexString(await File.ReadAllBytesAsync(tor.ControlCookieFile, cancellationToken));
            await AskAsync($"AUTHENTICATE {cookie}");
            await AskAsync("SETEVENTS HS_DESC");
            var reply = await AskAsync($"ADD_ONION NEW:ED25519-V3 Flags=DiscardPK Port=80,{listener.LocalEndpoint}");
            var address = reply.Single(line => line.StartsWith("250-ServiceID=", StringComparison.Ordinal))["250-ServiceID=".Length..];
            while (!(await LineAsync()).StartsWith($"650 HS_DESC UPLOADED {address}", StringComparison.Ordinal)) continue;
            return new RawOnion(listener, control, address, text);

            async Task<List<string>> AskAsync(string command)
            {
                await control.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), cancellationToken);
                var lines = new List<string>();
                do lines.Add(await LineAsync());
                while (!lines[^1].StartsWith("250 ", StringComparison.Ordinal));
                return lines;
            }

            async Task<string> LineAsync()
            {
                var line = await reader.ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException("tor closed the control connection");
                return line[0] is '4' or '5' ? throw new InvalidOperationException(line) : line;
            }
        }
        catch
        {
            control.Dispose();
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Answers each connection's first request and closes, until cancelled.</summary>
    public static async Task AnswerAsync(TcpListener listener, string text, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var visitor = await listener.AcceptTcpClientAsync(cancellationToken);
                using var reader = new StreamReader(visitor.GetStream(), Encoding.ASCII);
                while (await reader.ReadLineAsync(cancellationToken) is { Length: > 0 }) continue;
                await visitor.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                    $"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}"), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _end.CancelAsync();
        await _answering;
        _listener.Dispose();
        _end.Dispose();
    }
}
