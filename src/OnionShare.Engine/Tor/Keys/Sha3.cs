using System.Buffers.Binary;
using System.Numerics;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>
/// SHA3-256 (FIPS 202). The framework has it only where the system's cryptography does, and an address can't do without; what goes in here is
/// public.
/// </summary>
internal static class Sha3
{
    private const int Rate = 136;

    // FIPS 202 §3.2: ρ's rotations and π's places, along the cycle of lanes that starts at lane 1.
    private static ReadOnlySpan<byte> Rotations => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private static ReadOnlySpan<byte> Places => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>The 32 bytes of a message's hash.</summary>
    public static byte[] Hash256(ReadOnlySpan<byte> message)
    {
        Span<ulong> state = stackalloc ulong[25];
        for (; message.Length >= Rate; message = message[Rate..]) Absorb(state, message[..Rate]);

        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        message.CopyTo(last);
        last[message.Length] = 0x06;
        last[Rate - 1] |= 0x80;
        Absorb(state, last);

        var hash = new byte[32];
        for (var lane = 0; lane < 4; lane++) BinaryPrimitives.WriteUInt64LittleEndian(hash.AsSpan(8 * lane), state[lane]);
        return hash;
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var lane = 0; lane < Rate / 8; lane++) state[lane] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * lane)..]);
        foreach (var constant in RoundConstants) Round(state, constant);
    }

    private static void Round(Span<ulong> a, ulong constant)
    {
        Span<ulong> c = stackalloc ulong[5];
        for (var x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (var i = 0; i < 25; i++) a[i] ^= c[(i + 4) % 5] ^ BitOperations.RotateLeft(c[(i + 1) % 5], 1);

        var carried = a[1];
        for (var i = 0; i < 24; i++)
        {
            var place = Places[i];
            (a[place], carried) = (BitOperations.RotateLeft(carried, Rotations[i]), a[place]);
        }

        for (var row = 0; row < 25; row += 5)
        {
            for (var x = 0; x < 5; x++) c[x] = a[row + x];
            for (var x = 0; x < 5; x++) a[row + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }

        a[0] ^= constant;
    }
}
