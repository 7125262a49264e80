using System.Buffers.Binary;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>
/// An integer modulo 2^255 − 19 (RFC 7748 §4.1) in five limbs of 51 bits. Sums and products leave limbs a little over 51 bits, never over 54,
/// which every operation takes; only <see cref="Write"/> reduces fully. No operation branches on, or indexes by, a value.
/// </summary>
internal readonly struct FieldElement
{
    /// <summary>Bytes of an element: little-endian.</summary>
    public const int Size = 32;

    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong _0;
    private readonly ulong _1;
    private readonly ulong _2;
    private readonly ulong _3;
    private readonly ulong _4;

    public FieldElement(ulong small)
        : this(small, 0, 0, 0, 0)
    {
    }

    private FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (_0, _1, _2, _3, _4) = (l0, l1, l2, l3, l4);

    /// <summary>Reads 32 bytes; the highest bit is ignored (RFC 7748 §5).</summary>
    public static FieldElement Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes[6..]) >> 3) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]) >> 6) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes[19..]) >> 1) & Mask,
        (BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) >> 12) & Mask);

    public static FieldElement operator +(in FieldElement a, in FieldElement b) =>
        Carry(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    // 16 p is added limb by limb, so that no limb goes below zero.
    public static FieldElement operator -(in FieldElement a, in FieldElement b) => Carry(
        a._0 + ((Mask - 18) << 4) - b._0, a._1 + (Mask << 4) - b._1, a._2 + (Mask << 4) - b._2, a._3 + (Mask << 4) - b._3,
        a._4 + (Mask << 4) - b._4);

    // 2^255 = 19: what overflows the fifth limb comes back, times 19, at the first.
    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        var (b1, b2, b3, b4) = (b._1 * 19, b._2 * 19, b._3 * 19, b._4 * 19);
        return Carry(
            Wide(a._0, b._0) + Wide(a._1, b4) + Wide(a._2, b3) + Wide(a._3, b2) + Wide(a._4, b1),
            Wide(a._0, b._1) + Wide(a._1, b._0) + Wide(a._2, b4) + Wide(a._3, b3) + Wide(a._4, b2),
            Wide(a._0, b._2) + Wide(a._1, b._1) + Wide(a._2, b._0) + Wide(a._3, b4) + Wide(a._4, b3),
            Wide(a._0, b._3) + Wide(a._1, b._2) + Wide(a._2, b._1) + Wide(a._3, b._0) + Wide(a._4, b4),
            Wide(a._0, b._4) + Wide(a._1, b._3) + Wide(a._2, b._2) + Wide(a._3, b._1) + Wide(a._4, b._0));
    }

    /// <summary>Swaps the two if <paramref name="swap"/> is 1, and does the same work if it is 0.</summary>
    public static void Swap(ulong swap, ref FieldElement a, ref FieldElement b)
    {
        var mask = 0UL - swap;
        var (d0, d1, d2, d3, d4) =
            (mask & (a._0 ^ b._0), mask & (a._1 ^ b._1), mask & (a._2 ^ b._2), mask & (a._3 ^ b._3), mask & (a._4 ^ b._4));
        a = new FieldElement(a._0 ^ d0, a._1 ^ d1, a._2 ^ d2, a._3 ^ d3, a._4 ^ d4);
        b = new FieldElement(b._0 ^ d0, b._1 ^ d1, b._2 ^ d2, b._3 ^ d3, b._4 ^ d4);
    }

    /// <summary>The inverse, of 0 it is 0: the power p − 2 (Fermat). The exponent is public, so its bits may steer.</summary>
    public FieldElement Invert()
    {
        // p − 2 = 2^255 − 21: all of its 255 bits are 1 but those of 4 and 16.
        var result = new FieldElement(1);
        for (var bit = 254; bit >= 0; bit--)
        {
            result *= result;
            if (bit is not 2 and not 4) result *= this;
        }

        return result;
    }

    /// <summary>Writes the 32 bytes of the fully reduced number.</summary>
    public void Write(Span<byte> bytes)
    {
        var reduced = Carry(_0, _1, _2, _3, _4);
        var (l0, l1, l2, l3, l4) = (reduced._0, reduced._1, reduced._2, reduced._3, reduced._4);

        // q is 1 exactly if the number is p or more, which shows as a carry out of number + 19.
        var q = (l0 + 19) >> 51;
        q = (l1 + q) >> 51;
        q = (l2 + q) >> 51;
        q = (l3 + q) >> 51;
        q = (l4 + q) >> 51;
        l0 += 19 * q;
        l1 += l0 >> 51;
        l2 += l1 >> 51;
        l3 += l2 >> 51;
        l4 += l3 >> 51;
        (l0, l1, l2, l3, l4) = (l0 & Mask, l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, l0 | (l1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (l1 >> 13) | (l2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (l2 >> 26) | (l3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (l3 >> 39) | (l4 << 12));
    }

    private static UInt128 Wide(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return new UInt128(high, low);
    }

    private static FieldElement Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        l1 += l0 >> 51;
        l2 += l1 >> 51;
        l3 += l2 >> 51;
        l4 += l3 >> 51;
        l0 = (l0 & Mask) + (19 * (l4 >> 51));
        return new FieldElement(l0 & Mask, (l1 & Mask) + (l0 >> 51), l2 & Mask, l3 & Mask, l4 & Mask);
    }

    private static FieldElement Carry(UInt128 l0, UInt128 l1, UInt128 l2, UInt128 l3, UInt128 l4)
    {
        l1 += l0 >> 51;
        l2 += l1 >> 51;
        l3 += l2 >> 51;
        l4 += l3 >> 51;
        var first = (UInt128)((ulong)l0 & Mask) + (19 * (l4 >> 51));
        return new FieldElement(
            (ulong)first & Mask, ((ulong)l1 & Mask) + (ulong)(first >> 51), (ulong)l2 & Mask, (ulong)l3 & Mask, (ulong)l4 & Mask);
    }
}
