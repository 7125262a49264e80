using System.Buffers;
using System.Net.WebSockets;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>Reads what one visitor sends: whole messages, within limits, and of a kind the room knows.</summary>
internal sealed class SocketReader(WebSocket socket, RoomLimits limits, TimeProvider time) : IDisposable
{
    /// <summary>The longest message on the wire: the longest text with every character of it as a JSON escape (<c>\u0022</c>, RFC 8259 §7).</summary>
    private readonly int _longest = (6 * limits.MessageBytes) + 512;
    private readonly TokenBucket _messages = new(time, limits.RequestBurst, limits.RequestsPerSecond);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(2048);

    /// <summary>Why there is nothing more to read; null when the visitor has closed the connection in good order.</summary>
    public Refused? Refused { get; private set; }

    /// <summary>Whether the visitor has closed the connection in good order.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What to close the connection with (RFC 6455 §7.4.1).</summary>
    public WebSocketCloseStatus CloseStatus { get; private set; } = WebSocketCloseStatus.NormalClosure;

    /// <summary>The next message; null when there is none, or something that is none: see <see cref="Refused"/>.</summary>
    public async ValueTask<ClientMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                IsClosed = true;
                return null;
            }

            if (part.MessageType != WebSocketMessageType.Text) return Refuse(RefusalCodes.Malformed, Phrase.English("Only text messages are taken."));
            if (length > _longest) return Refuse(RefusalCodes.TooLong, new Phrase("chat.refused.message-too-long"), WebSocketCloseStatus.MessageTooBig);
            if (part.EndOfMessage) break;
            if (length == _buffer.Length) Grow();
        }

        if (!_messages.TryTake()) return Refuse(RefusalCodes.TooFast, new Phrase("chat.refused.too-many"));
        var message = ChatJson.Read(_buffer.AsSpan(0, length));
        _buffer.AsSpan(0, length).Clear();
        return message ?? Refuse(RefusalCodes.Malformed, Phrase.English("That is not a message this room knows."));
    }

    /// <summary>
    /// Reads past what still comes after the last word, until the visitor closes, too: who sends to a connection that is gone never hears why (RFC 6455 §7.1.1).
    /// </summary>
    public async Task SkipAsync(CancellationToken cancellationToken)
    {
        while (socket.State == WebSocketState.CloseSent) await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    private ClientMessage? Refuse(string code, Phrase reason, WebSocketCloseStatus status = WebSocketCloseStatus.PolicyViolation)
    {
        Refused = new Refused(code, reason);
        CloseStatus = status;
        return null;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * _buffer.Length);
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }
}
