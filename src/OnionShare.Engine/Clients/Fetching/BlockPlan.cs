namespace OnionShare.Engine.Clients.Fetching;

/// <summary>A piece of a download that one circuit fetches.</summary>
internal sealed class Block(long start, long end)
{
    private readonly CancellationTokenSource _lost = new();

    public long Start { get; } = start;

    /// <summary>The next byte to come.</summary>
    public long Position { get; set; } = start;

    /// <summary>The byte after its last; moved forward when somebody faster takes the rest over.</summary>
    public long End { get; set; } = end;

    /// <summary>Cancelled when somebody else has all of what is left.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Somebody else takes what is left.</summary>
    public void Lose()
    {
        End = Position;
        _lost.Cancel();
    }
}

/// <summary>
/// Hands the missing pieces of a download out to circuits: as large as a circuit has proved fast, and when none is left, the second half of what the
/// slowest has still before it, or all of that when it is little and does not come to an end. Safe to use from several threads.
/// </summary>
/// <param name="missing">The pieces.</param>
/// <param name="time">The clock.</param>
/// <param name="tailPatience">
/// How long somebody who has nothing to do waits for the little that the slowest has left; twice as long each time, so that a slow service is not asked again
/// and again.
/// </param>
internal sealed class BlockPlan(IEnumerable<(long Start, long End)> missing, TimeProvider time, TimeSpan tailPatience)
{
    /// <summary>The smallest piece worth a request of its own.</summary>
    public const long Smallest = 256 * 1024;

    /// <summary>The largest piece: what is lost of time when its circuit turns slow.</summary>
    public const long Largest = 32 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<(long Start, long End)> _free = new(missing);
    private readonly List<Block> _taken = [];
    private TimeSpan _patience = tailPatience;
    private long? _waiting;

    public bool IsDone
    {
        get { lock (_lock) return _free.Count == 0 && _taken.Count == 0; }
    }

    /// <summary>Takes the next piece; null when there is none to be had now.</summary>
    /// <param name="size">How large, in bytes.</param>
    public Block? Take(long size)
    {
        size = Math.Clamp(size, Smallest, Largest);
        lock (_lock)
        {
            if (_free.First is not { } first) return Split() ?? TakeTail();
            _waiting = null;
            var (start, end) = first.Value;
            // A rest that is hardly worth a request of its own goes with it.
            var stop = end - start - size < Smallest ? end : start + size;
            if (stop == end) _free.RemoveFirst();
            else first.Value = (stop, end);
            return Given(start, stop);
        }
    }

    /// <summary>Takes note of what has come; how much of that nobody else brings.</summary>
    public int Advance(Block block, int count)
    {
        lock (_lock)
        {
            count = (int)Math.Clamp(block.End - block.Position, 0, count);
            block.Position += count;
            return count;
        }
    }

    /// <summary>How much of a piece is still wanted.</summary>
    public long Left(Block block)
    {
        lock (_lock) return block.End - block.Position;
    }

    /// <summary>Gives a piece back: what of it has not come is to be had again.</summary>
    public void Return(Block block)
    {
        lock (_lock)
        {
            _taken.Remove(block);
            if (block.Position < block.End) _free.AddFirst((block.Position, block.End));
        }
    }

    private Block? Split()
    {
        var slowest = _taken.MaxBy(block => block.End - block.Position);
        if (slowest is null || slowest.End - slowest.Position < 2 * Smallest) return null;
        var middle = slowest.Position + ((slowest.End - slowest.Position) / 2);
        var end = slowest.End;
        slowest.End = middle;
        return Given(middle, end);
    }

    private Block? TakeTail()
    {
        if (_taken.MaxBy(block => block.End - block.Position) is not { } slowest || slowest.End <= slowest.Position) return null;
        if (time.GetElapsedTime(_waiting ??= time.GetTimestamp()) < _patience) return null;
        _patience *= 2;
        _waiting = null;
        var (start, end) = (slowest.Position, slowest.End);
        slowest.Lose();
        return Given(start, end);
    }

    private Block Given(long start, long end)
    {
        var block = new Block(start, end);
        _taken.Add(block);
        return block;
    }
}
