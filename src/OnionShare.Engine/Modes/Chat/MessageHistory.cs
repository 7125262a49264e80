namespace OnionShare.Engine.Modes.Chat;

/// <summary>The latest events, for members whose connection broke. In memory only, and not for long. Not safe for several threads.</summary>
internal sealed class MessageHistory(TimeProvider time, RoomLimits limits)
{
    private readonly Queue<(RoomEvent Event, DateTimeOffset At)> _held = new();
    private int _messages;
    private long _forgotten;

    public int Count => _held.Count;

    public void Add(RoomEvent roomEvent)
    {
        _held.Enqueue((roomEvent, time.GetUtcNow()));
        if (roomEvent is Said) _messages++;
        Forget();
    }

    /// <summary>The number of the latest event that is no longer held.</summary>
    public long Forgotten
    {
        get
        {
            Forget();
            return _forgotten;
        }
    }

    /// <summary>The events held with a higher number, oldest first.</summary>
    public IEnumerable<RoomEvent> After(long seq) => _held.Select(held => held.Event).Where(held => held.Seq > seq);

    public void Forget()
    {
        var oldest = time.GetUtcNow() - limits.Gap;
        while (_held.TryPeek(out var held) && (held.At <= oldest || _messages > limits.HeldMessages || _held.Count > limits.HeldEvents))
        {
            _held.Dequeue();
            _forgotten = held.Event.Seq;
            if (held.Event is Said) _messages--;
        }
    }

    public void Clear()
    {
        _held.Clear();
        _held.TrimExcess();
        _messages = 0;
    }
}
