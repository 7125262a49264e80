namespace OnionShare.Engine.Web;

/// <summary>A run of bytes of a representation.</summary>
/// <param name="Start">Its first byte, counted from 0.</param>
/// <param name="Count">How many bytes.</param>
public readonly record struct ByteRange(long Start, long Count)
{
    /// <summary>The first byte after it.</summary>
    public long End => Start + Count;
}
