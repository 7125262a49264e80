namespace OnionShare.Contracts;

/// <summary>How fast the bytes of one transfer go, over the last seconds. Not for several threads at once.</summary>
public sealed class TransferRate(TimeProvider time)
{
    private const int MostSamples = 4096;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    // What is handed over first fills buffers on the way, as fast as memory: it tells nothing of the network.
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    private readonly Queue<(long At, long Bytes)> _recent = new();
    private long? _began;
    private long _bytes;

    public void Note(long bytes)
    {
        if (_recent.Count > 0 && bytes > _bytes) _began ??= time.GetTimestamp();
        _bytes = bytes;
        _recent.Enqueue((time.GetTimestamp(), bytes));
        if (_recent.Count > MostSamples) _recent.Dequeue();
    }

    /// <summary>Bytes a second; it falls towards 0 while nothing comes. Null until a second after the first of them, since it can't be told before.</summary>
    public double? BytesPerSecond
    {
        get
        {
            if (_began is not { } began || time.GetElapsedTime(began) < FirstLook) return null;
            // What comes in large pieces, seconds apart, has a rate, too.
            while (_recent.Count > 2 && (time.GetElapsedTime(_recent.Peek().At) > Window || time.GetElapsedTime(began, _recent.Peek().At) < Burst)) _recent.Dequeue();
            if (_recent.Count < 2) return 0;
            var seconds = time.GetElapsedTime(_recent.Peek().At).TotalSeconds;
            return seconds > 0 ? Math.Max(0, _bytes - _recent.Peek().Bytes) / seconds : 0;
        }
    }

    /// <summary>How long the rest takes at this rate; null where that can't be told.</summary>
    /// <param name="total">Bytes in all; null when it is not known.</param>
    public TimeSpan? TimeLeft(long? total) =>
        total is { } all && BytesPerSecond is > 0 and var rate && (all - _bytes) / rate is var seconds and < 1e9 ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;
}
