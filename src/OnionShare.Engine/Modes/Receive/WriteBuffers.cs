using System.Buffers;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Buffers for what is on its way to the disk: small ones for everybody, large ones, which make long uploads fast, for a few at a time, so
/// that thousands of visitors who send a little and then stall don't hold much memory.
/// </summary>
internal sealed class WriteBuffers
{
    /// <summary>What every upload gets, in bytes.</summary>
    public const int Small = 16 * 1024;

    /// <summary>What a long upload gets, in bytes.</summary>
    public const int Large = 1024 * 1024;

    private const int MostLarge = 32;

    private int _large;

    public static byte[] RentSmall() => ArrayPool<byte>.Shared.Rent(Small);

    /// <summary>A large buffer; null when all are in use.</summary>
    public byte[]? TryRentLarge()
    {
        if (Interlocked.Increment(ref _large) <= MostLarge) return ArrayPool<byte>.Shared.Rent(Large);
        Interlocked.Decrement(ref _large);
        return null;
    }

    public void Return(byte[] buffer)
    {
        if (buffer.Length >= Large) Interlocked.Decrement(ref _large);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
