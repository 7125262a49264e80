using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Arm = System.Runtime.Intrinsics.Arm;

namespace OnionShare.Engine.Archive;

/// <summary>
/// The CRC-32 of zip (APPNOTE 4.4.7; polynomial 0x04C11DB7, reflected). Uses carry-less multiplication where the processor has it
/// (V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel 2009), ARM's own instruction
/// there, and eight tables elsewhere.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Tables = MakeTables();

    // Multiplying 128 bits by these moves them on by that many bits, modulo the polynomial.
    private static readonly Vector128<ulong> By512 = Vector128.Create(Power(512 + 32), Power(512 - 32));
    private static readonly Vector128<ulong> By128 = Vector128.Create(Power(128 + 32), Power(128 - 32));

    /// <summary>The CRC of <paramref name="bytes"/> appended to something whose CRC is <paramref name="crc"/>; 0 is the CRC of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        var state = ~crc;
        if (Pclmulqdq.IsSupported && bytes.Length >= 64) state = Fold(state, ref bytes);
        else if (Arm.Crc32.Arm64.IsSupported) state = AppendArm(state, ref bytes);
        return ~AppendTables(state, bytes);
    }

    internal static uint AppendPortably(uint crc, ReadOnlySpan<byte> bytes) => ~AppendTables(~crc, bytes);

    // Four accumulators of 128 bits go over the bytes side by side and are then folded into one, whose 16 bytes stand for all before them.
    private static uint Fold(uint state, ref ReadOnlySpan<byte> bytes)
    {
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(bytes);
        var a = blocks[0] ^ Vector128.CreateScalar((ulong)state);
        var b = blocks[1];
        var c = blocks[2];
        var d = blocks[3];
        var i = 4;
        for (; i + 4 <= blocks.Length; i += 4)
        {
            a = Move(a, By512) ^ blocks[i];
            b = Move(b, By512) ^ blocks[i + 1];
            c = Move(c, By512) ^ blocks[i + 2];
            d = Move(d, By512) ^ blocks[i + 3];
        }

        a = Move(a, By128) ^ b;
        a = Move(a, By128) ^ c;
        a = Move(a, By128) ^ d;
        for (; i < blocks.Length; i++) a = Move(a, By128) ^ blocks[i];

        bytes = bytes[(blocks.Length * 16)..];
        Span<byte> last = stackalloc byte[16];
        a.AsByte().CopyTo(last);
        return AppendTables(0, last);
    }

    private static Vector128<ulong> Move(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint AppendArm(uint state, ref ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) state = Arm.Crc32.Arm64.ComputeCrc32(state, word);
        bytes = bytes[(words.Length * 8)..];
        return state;
    }

    private static uint AppendTables(uint state, ReadOnlySpan<byte> bytes)
    {
        var tables = Tables;
        while (bytes.Length >= 8)
        {
            var low = state ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            state = tables[0x700 + (low & 0xFF)] ^ tables[0x600 + ((low >> 8) & 0xFF)]
                ^ tables[0x500 + ((low >> 16) & 0xFF)] ^ tables[0x400 + (low >> 24)]
                ^ tables[0x300 + (high & 0xFF)] ^ tables[0x200 + ((high >> 8) & 0xFF)]
                ^ tables[0x100 + ((high >> 16) & 0xFF)] ^ tables[high >> 24];
            bytes = bytes[8..];
        }

        foreach (var value in bytes) state = tables[(state ^ value) & 0xFF] ^ (state >> 8);
        return state;
    }

    // Table n tells what a byte does to the CRC n bytes later.
    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (var i = 0u; i < 256; i++)
        {
            var state = i;
            for (var bit = 0; bit < 8; bit++) state = Shift(state);
            tables[i] = state;
        }

        for (var i = 256; i < tables.Length; i++) tables[i] = tables[tables[i - 256] & 0xFF] ^ (tables[i - 256] >> 8);
        return tables;
    }

    private static uint Shift(uint state) => (state >> 1) ^ ((state & 1) * Polynomial);

    // x^n modulo the polynomial, reflected, and one bit to the left: a product of two reflected 64-bit numbers has 127 bits.
    private static ulong Power(int n)
    {
        var state = 0x80000000u;
        for (var i = 0; i < n; i++) state = Shift(state);
        return (ulong)state << 1;
    }
}
