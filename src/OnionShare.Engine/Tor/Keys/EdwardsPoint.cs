using System.Security.Cryptography;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>A point of edwards25519 in extended coordinates (RFC 8032 §5.1.4), as far as a public key needs it: multiples of the base point.</summary>
internal readonly struct EdwardsPoint
{
    // RFC 8032 §5.1: the base point, and 2 d of −x² + y² = 1 + d x² y².
    private static readonly FieldElement BaseX = Parse("1ad5258f602d56c9b2a7259560c72c695cdcd6fd31e2a4c0fe536ecdd3366921");
    private static readonly FieldElement BaseY = Parse("5866666666666666666666666666666666666666666666666666666666666666");
    private static readonly FieldElement D2 = Parse("59f1b226949bd6eb56b183829a14e00030d1f3eef2808e19e7fcdf56dcd90624");

    private readonly FieldElement _x;
    private readonly FieldElement _y;
    private readonly FieldElement _z;
    private readonly FieldElement _t;

    private EdwardsPoint(in FieldElement x, in FieldElement y, in FieldElement z, in FieldElement t) => (_x, _y, _z, _t) = (x, y, z, t);

    /// <summary>The base point times a scalar of 32 bytes, little-endian. Time and memory access do not depend on the scalar.</summary>
    public static EdwardsPoint MultiplyBase(ReadOnlySpan<byte> scalar)
    {
        // Montgomery's ladder: r1 − r0 is always the base point, and every bit costs one addition and one doubling.
        var r0 = new EdwardsPoint(new FieldElement(0), new FieldElement(1), new FieldElement(1), new FieldElement(0));
        var r1 = new EdwardsPoint(BaseX, BaseY, new FieldElement(1), BaseX * BaseY);
        ulong swapped = 0;
        for (var bit = 255; bit >= 0; bit--)
        {
            var value = (ulong)(scalar[bit >> 3] >> (bit & 7)) & 1;
            Swap(swapped ^ value, ref r0, ref r1);
            swapped = value;
            (r0, r1) = (Add(r0, r0), Add(r0, r1));
        }

        Swap(swapped, ref r0, ref r1);
        return r0;
    }

    /// <summary>Writes the 32 bytes of RFC 8032 §5.1.2: y, and the lowest bit of x in the highest bit.</summary>
    public void Write(Span<byte> bytes)
    {
        var inverse = _z.Invert();
        Span<byte> x = stackalloc byte[FieldElement.Size];
        (_x * inverse).Write(x);
        (_y * inverse).Write(bytes);
        bytes[31] |= (byte)(x[0] << 7);
        CryptographicOperations.ZeroMemory(x);
    }

    // RFC 8032 §5.1.4; complete, so it doubles as well.
    private static EdwardsPoint Add(in EdwardsPoint p, in EdwardsPoint q)
    {
        var a = (p._y - p._x) * (q._y - q._x);
        var b = (p._y + p._x) * (q._y + q._x);
        var c = p._t * D2 * q._t;
        var d = p._z * q._z;
        d += d;
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new EdwardsPoint(e * f, g * h, f * g, e * h);
    }

    private static void Swap(ulong swap, ref EdwardsPoint p, ref EdwardsPoint q)
    {
        var (px, py, pz, pt) = (p._x, p._y, p._z, p._t);
        var (qx, qy, qz, qt) = (q._x, q._y, q._z, q._t);
        FieldElement.Swap(swap, ref px, ref qx);
        FieldElement.Swap(swap, ref py, ref qy);
        FieldElement.Swap(swap, ref pz, ref qz);
        FieldElement.Swap(swap, ref pt, ref qt);
        (p, q) = (new EdwardsPoint(px, py, pz, pt), new EdwardsPoint(qx, qy, qz, qt));
    }

    private static FieldElement Parse(string littleEndian) => FieldElement.Read(Convert.FromHexString(littleEndian));
}
