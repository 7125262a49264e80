using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace OnionShare.ChatBench;

/// <summary>
/// One member of the room, as a page would be one. What is said carries the moment it was sent, by the clock of this process, so that each
/// member measures the delivery of each message.
/// </summary>
internal sealed class Member : IMember
{
    private readonly ClientWebSocket _socket = new();
    private readonly byte[] _buffer = new byte[256 * 1024];
    private long _seen;

    /// <summary>How long each message took to arrive here, in milliseconds.</summary>
    public List<double> Delivery { get; } = [];

    /// <summary>Events that were missing, came twice or out of order. The room numbers them all, so one check does for the three.</summary>
    public int Misplaced { get; private set; }

    public static async Task<IMember> JoinAsync(Uri url, CancellationToken cancellationToken)
    {
        var member = new Member();
        var socket = member._socket;
        if (url.UserInfo.Length > 0)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)));
            socket.Options.SetRequestHeader("Authorization", "Basic " + credentials);
        }

        await socket.ConnectAsync(new Uri($"ws://{url.Authority}/socket"), cancellationToken);
        await socket.SendAsync("""{"type":"join"}"""u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);
        using var welcome = await member.ReadAsync(cancellationToken) ?? throw new InvalidOperationException("The room closed the connection.");
        if (welcome.RootElement.GetProperty("type").GetString() != "welcome")
            throw new InvalidOperationException($"The room answered {welcome.RootElement}.");
        member._seen = welcome.RootElement.GetProperty("since").GetInt64();
        return member;
    }

    /// <summary>Says something every so often.</summary>
    public async Task SpeakAsync(int messages, double perSecond, TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / perSecond));
        for (var n = 1; n <= messages; n++)
        {
            var json = $$"""{"type":"say","n":{{n}},"text":"{{Stopwatch.GetTimestamp()}} some words as long as people write them"}""";
            await _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, cancellationToken);
            if (n < messages) await pace.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Hears until so many messages were said.</summary>
    public async Task HearAsync(int messages, CancellationToken cancellationToken)
    {
        while (Delivery.Count < messages)
        {
            using var message = await ReadAsync(cancellationToken) ?? throw new InvalidOperationException("The room closed the connection.");
            var now = Stopwatch.GetTimestamp();
            var root = message.RootElement;
            if (root.TryGetProperty("seq", out var seq) && seq.GetInt64() != ++_seen)
            {
                Misplaced++;
                _seen = seq.GetInt64();
            }

            if (root.GetProperty("type").GetString() != "said") continue;
            var text = root.GetProperty("text").GetString()!;
            Delivery.Add(Stopwatch.GetElapsedTime(long.Parse(text.AsSpan(0, text.IndexOf(' '))), now).TotalMilliseconds);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        if (_socket.State == WebSocketState.Open)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _socket.Dispose();
    }

    private async Task<JsonDocument?> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.EndOfMessage) return JsonDocument.Parse(_buffer.AsMemory(0, length));
        }
    }
}
