namespace OnionShare.Engine.Clients.Fetching;

/// <summary>A piece of a download that one circuit fetches.</summary>
internal sealed class Block(long start, long end)
{
    /// <summary>Its first byte.</summary>
    public long Start { get; } = start;

    /// <summary>The next byte to come.</summary>
    public long Position { get; set; } = start;

    /// <summary>The byte after its last; moved forward when somebody faster takes the rest over.</summary>
    public long End { get; set; } = end;
}

/// <summary>
/// Hands the missing pieces of a download out to circuits: as large as a circuit has proved fast, and when none is left, the second half of what the
/// slowest has still before it. Safe to use from several threads.
/// </summary>
internal sealed class BlockPlan(IEnumerable<(long Start, long End)> missing)
{
    /// <summary>The smallest piece worth a request of its own.</summary>
    public const long Smallest = 256 * 1024;

    /// <summary>The largest piece: what is lost of time when its circuit turns slow.</summary>
    public const long Largest = 32 << 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<(long Start, long End)> _free = new(missing);
    private readonly List<Block> _taken = [];

    /// <summary>Whether everything has come.</summary>
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
            if (_free.First is not { } first) return Split();
            var (start, end) = first.Value;
            // A rest that is hardly worth a request of its own goes with it.
            var stop = end - start - size < Smallest ? end : start + size;
            if (stop == end) _free.RemoveFirst();
            else first.Value = (stop, end);
            return Given(start, stop);
        }
    }

    /// <summary>Takes note of what has come; false when the piece is over, because it is whole or somebody else has the rest.</summary>
    public bool Advance(Block block, int count)
    {
        lock (_lock)
        {
            block.Position += count;
            return block.Position < block.End;
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

    private Block Given(long start, long end)
    {
        var block = new Block(start, end);
        _taken.Add(block);
        return block;
    }
}
