using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

/// <summary>A member as a browser would be one: a WebSocket, and JSON written by hand.</summary>
internal sealed class ChatClient : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

    private ChatClient()
    {
        _limit.CancelAfter(Until.Limit);
        Socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public ClientWebSocket Socket { get; } = new();

    public string Token { get; private set; } = "";

    public string Name { get; private set; } = "";

    public int Id { get; private set; }

    /// <summary>The latest event heard.</summary>
    public long Seen { get; private set; }

    public static async Task<ChatClient> ConnectAsync(ChatHost host, string? origin = null, string? authorization = null)
    {
        var client = new ChatClient();
        client.Socket.Options.SetRequestHeader("Authorization", authorization ?? ChatHost.Basic);
        client.Socket.Options.SetRequestHeader("Origin", origin ?? "http://" + host.Host);
        await client.Socket.ConnectAsync(new Uri($"ws://{host.Host}/socket"), client._limit.Token);
        return client;
    }

    public async Task<JsonObject> JoinAsync(string? name = null)
    {
        await SendAsync(name is null ? new { type = "join" } : new { type = "join", name });
        return await WelcomeAsync();
    }

    public async Task<JsonObject> WelcomeAsync()
    {
        var welcome = await HearAsync();
        Assert.Equal("welcome", (string?)welcome["type"]);
        (Id, Name, Token, Seen) = ((int)welcome["id"]!, (string)welcome["name"]!, (string)welcome["token"]!, (long)welcome["since"]!);
        return welcome;
    }

    public Task SayAsync(long n, string text) => SendAsync(new { type = "say", n, text });

    public Task SendAsync(object message) => SendRawAsync(JsonSerializer.Serialize(message));

    public Task SendRawAsync(string text) => SendRawAsync(Encoding.UTF8.GetBytes(text));

    public Task SendRawAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Text) => Socket.SendAsync(bytes, type, true, _limit.Token);

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonObject> HearAsync()
    {
        var bytes = await ReceiveAsync() ?? throw new InvalidOperationException($"The connection was closed: {Socket.CloseStatus}.");
        var message = JsonNode.Parse(bytes)!.AsObject();
        if (message["seq"] is { } seq && (string?)message["type"] != "welcome")
        {
            Assert.Equal(Seen + 1, (long)seq); // in order, none twice, none missing
            Seen++;
        }

        return message;
    }

    /// <summary>The next message of a kind; what comes before is skipped.</summary>
    public async Task<JsonObject> HearAsync(string type)
    {
        while (true)
        {
            var message = await HearAsync();
            if ((string?)message["type"] == type) return message;
        }
    }

    /// <summary>The texts of the next messages said.</summary>
    public async Task<List<string>> HearWordsAsync(int count)
    {
        var words = new List<string>();
        while (words.Count < count) words.Add((string)(await HearAsync("said"))["text"]!);
        return words;
    }

    /// <summary>All that is still sent until the connection is closed.</summary>
    public async Task<List<JsonObject>> HearToTheEndAsync()
    {
        var heard = new List<JsonObject>();
        while (await ReceiveAsync() is { } bytes) heard.Add(JsonNode.Parse(bytes)!.AsObject());
        return heard;
    }

    /// <summary>Leaves as a closed tab does.</summary>
    public Task LeaveAsync() => Socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, _limit.Token);

    /// <summary>Loses the connection, as when a circuit breaks.</summary>
    public void Break() => Socket.Abort();

    public ValueTask DisposeAsync()
    {
        Socket.Dispose();
        _limit.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<byte[]?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            var part = await Socket.ReceiveAsync(_buffer.AsMemory(length), _limit.Token);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.EndOfMessage) return _buffer[..length];
        }
    }
}
