using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Clients.Chatting;

/// <summary>The messages of a room over a WebSocket, JSON one a frame. Whatever comes is somebody else's: it is read within limits.</summary>
internal sealed class RoomFrames(WebSocket socket)
{
    private const int Longest = 1 << 20;
    private const int Deepest = 8;
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _buffer = new byte[16 * 1024];

    public async Task SendAsync(JsonObject message, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the connection in good order; reading comes to an end then, at the latest after a moment.</summary>
    public async Task LeaveAsync(CancellationTokenSource reading)
    {
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            await _turn.WaitAsync(limit.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            reading.CancelAfter(Farewell);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is broken; the room notices by itself. The source may be gone with it.
            try
            {
                await reading.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // Reading is over.
            }
        }
    }

    /// <summary>The next message; null when the room has hung up.</summary>
    /// <exception cref="ProblemException">It is none, or too long.</exception>
    public async Task<JsonElement?> ReadAsync(CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            if (part.MessageType != WebSocketMessageType.Text || whole.Length + part.Count > Longest) throw ClientProblems.NotUnderstood("The room sends what is no message.");
            whole.Write(_buffer, 0, part.Count);
            if (!part.EndOfMessage) continue;
            try
            {
                var json = ForeignJson.Parse(whole.ToArray(), Deepest);
                return json.ValueKind == JsonValueKind.Object ? json : throw ClientProblems.NotUnderstood("The room sends what is no message.");
            }
            catch (JsonException)
            {
                throw ClientProblems.NotUnderstood("The room sends what is no message.");
            }
        }
    }
}
