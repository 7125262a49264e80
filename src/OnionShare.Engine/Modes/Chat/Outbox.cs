using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// What waits to be sent over one connection of a member. Bounded: a reader who lets too much pile up loses the connection, and nobody else
/// waits. One reader.
/// </summary>
public sealed class Outbox
{
    internal static readonly Outbox None = new(new RoomLimits { WaitingEvents = 1 }, []);

    private readonly Channel<RoomMessage> _waiting;
    private readonly IReadOnlyList<RoomMessage> _first;
    private readonly int _maxBytes;
    private readonly CancellationTokenSource _dropped = new();
    private int _bytes;

    internal Outbox(RoomLimits limits, IReadOnlyList<RoomMessage> first)
    {
        _waiting = Channel.CreateBounded<RoomMessage>(new BoundedChannelOptions(limits.WaitingEvents) { SingleReader = true });
        _maxBytes = limits.WaitingBytes;
        _first = first;
    }

    /// <summary>Cancelled when nothing more may be sent: the reader was too slow, or has come back over another connection.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>What is to be sent, until the member leaves or the room is closed.</summary>
    public async IAsyncEnumerable<RoomMessage> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var message in _first) yield return message;
        await foreach (var message in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            yield return message;
            // Counted until the reader asks for the next: what is being sent is still held.
            Interlocked.Add(ref _bytes, -message.Json.Length);
        }
    }

    /// <summary>Adds a message; false when too much waits already.</summary>
    internal bool TryAdd(RoomMessage message)
    {
        var length = message.Json.Length;
        return Interlocked.Add(ref _bytes, length) <= _maxBytes && _waiting.Writer.TryWrite(message);
    }

    /// <summary>Nothing more will be added; what waits is still to be sent.</summary>
    internal void Complete() => _waiting.Writer.TryComplete();

    internal void Drop()
    {
        _waiting.Writer.TryComplete();
        _ = _dropped.CancelAsync(); // what waits for it goes on elsewhere, not under the room's lock
    }
}
