using System.Security.Cryptography;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>The function X25519 (RFC 7748 §5): time and memory access do not depend on the scalar.</summary>
internal static class X25519
{
    /// <summary>Bytes of a scalar, of a u-coordinate and of the result.</summary>
    public const int Size = FieldElement.Size;

    private static ReadOnlySpan<byte> BasePoint =>
        [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static void PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) => Multiply(privateKey, BasePoint, publicKey);

    /// <summary>A point's u-coordinate times a scalar, which is clamped here.</summary>
    public static void Multiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> point, Span<byte> product)
    {
        Span<byte> k = stackalloc byte[Size];
        scalar[..Size].CopyTo(k);
        k[0] &= 248;
        k[31] = (byte)((k[31] & 127) | 64);

        var x1 = FieldElement.Read(point);
        var (x2, z2, x3, z3) = (new FieldElement(1), new FieldElement(0), x1, new FieldElement(1));
        var a24 = new FieldElement(121665);
        ulong swapped = 0;
        for (var bit = 254; bit >= 0; bit--)
        {
            var value = (ulong)(k[bit >> 3] >> (bit & 7)) & 1;
            FieldElement.Swap(swapped ^ value, ref x2, ref x3);
            FieldElement.Swap(swapped ^ value, ref z2, ref z3);
            swapped = value;

            var (a, b, c, d) = (x2 + z2, x2 - z2, x3 + z3, x3 - z3);
            var (aa, bb, da, cb) = (a * a, b * b, d * a, c * b);
            var (sum, difference, e) = (da + cb, da - cb, aa - bb);
            x3 = sum * sum;
            z3 = x1 * (difference * difference);
            x2 = aa * bb;
            z2 = e * (aa + (a24 * e));
        }

        FieldElement.Swap(swapped, ref x2, ref x3);
        FieldElement.Swap(swapped, ref z2, ref z3);
        (x2 * z2.Invert()).Write(product);
        CryptographicOperations.ZeroMemory(k);
    }
}
