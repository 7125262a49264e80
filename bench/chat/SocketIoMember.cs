using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace OnionShare.ChatBench;

/// <summary>One member of an OnionShare (Python) room: Engine.IO 4 over a WebSocket, Socket.IO 5, the namespace <c>/chat</c>.</summary>
internal sealed class SocketIoMember : IMember
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _buffer = new byte[256 * 1024];

    public List<double> Delivery { get; } = [];

    public int Misplaced => 0; // that room does not number what is said

    public static async Task<IMember> JoinAsync(Uri url, CancellationToken cancellationToken)
    {
        var member = new SocketIoMember();
        var cookies = new CookieContainer();
        using (var http = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }))
        {
            using var page = await http.GetAsync(url, cancellationToken);
            page.EnsureSuccessStatusCode();
        }

        member._socket.Options.Cookies = cookies;
        await member._socket.ConnectAsync(new Uri($"ws://{url.Authority}/socket.io/?EIO=4&transport=websocket"), cancellationToken);
        await member.ReadUntilAsync("0", cancellationToken);
        await member.SendAsync("40/chat,", cancellationToken);
        await member.ReadUntilAsync("40/chat,", cancellationToken);
        return member;
    }

    public async Task SpeakAsync(int messages, double perSecond, TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        for (var n = 1; n <= messages; n++)
        {
            var text = $"{Stopwatch.GetTimestamp()} some words as long as people write them";
            await SendAsync($$"""42/chat,["text",{"msg":"{{text}}"}]""", cancellationToken);
            if (n < messages) await pace.WaitForNextTickAsync(cancellationToken);
        }
    }

    public async Task HearAsync(int messages, CancellationToken cancellationToken)
    {
        const string Said = "42/chat,[\"chat_message\"";
        while (Delivery.Count < messages)
        {
            var packet = await ReadUntilAsync(Said, cancellationToken);
            var now = Stopwatch.GetTimestamp();
            var start = packet.IndexOf("\"msg\":\"", StringComparison.Ordinal) + "\"msg\":\"".Length;
            var sent = long.Parse(packet.AsSpan(start, packet.IndexOf(' ', start) - start));
            Delivery.Add(Stopwatch.GetElapsedTime(sent, now).TotalMilliseconds);
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _sending.Dispose();
        return ValueTask.CompletedTask;
    }

    // Answers pings on the way.
    private async Task<string> ReadUntilAsync(string start, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close) throw new InvalidOperationException("The room closed the connection.");
                length += part.Count;
            }
            while (!part.EndOfMessage);
            var packet = Encoding.UTF8.GetString(_buffer, 0, length);
            if (packet == "2") await SendAsync("3", cancellationToken);
            else if (packet.StartsWith(start, StringComparison.Ordinal)) return packet;
        }
    }

    private async Task SendAsync(string packet, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }
}
