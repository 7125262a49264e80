using System.Text;
using CsCheck;

namespace OnionShare.Fuzz.Inputs;

/// <summary>Good inputs with a few things wrong.</summary>
internal static class Mutation
{
    private const int MostEdits = 6;

    private static readonly string[] Numbers =
        ["0", "-1", "1", "00", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808", "99999999999999999999", "1e999", "0x10", "NaN"];

    private static readonly string[] Marks =
        ["\r\n", "\n", "\0", " ", "\t", ",", ";", ":", "=", "\"", "\\", "/", "..", "../", "..\\", "%", "%2e%2e%2f", "%00", "{", "}", "[", "]", "null", "\u202e", "\ufeff", "\\ud800", "é", "🧅", "\u001b[2J"];

    /// <summary>What may be put anywhere.</summary>
    public static Gen<byte[]> Pieces(params string[] words) => Gen.Frequency(
        (4, (IGen<byte[]>)Gen.OneOf([.. Marks, .. words]).Select(Encoding.UTF8.GetBytes)),
        (2, Gen.OneOf(Numbers).Select(Encoding.UTF8.GetBytes)),
        (3, Gen.Byte.Array[1, 6]),
        (1, Gen.Select(Gen.Byte, Gen.Int[100, 3000], (value, count) => Enumerable.Repeat(value, count).ToArray())));

    /// <summary>One of some inputs, changed in up to a few places.</summary>
    /// <param name="good">Inputs that are right.</param>
    /// <param name="words">What means something to who reads them.</param>
    public static Gen<byte[]> Of(byte[][] good, params string[] words)
    {
        var edits = Gen.Select(Gen.Int[0, 6], Gen.UInt, Gen.UInt, Pieces(words), (kind, place, count, piece) => new Edit(kind, place, count, piece)).Array[0, MostEdits];
        return Gen.Select(Gen.Int[0, good.Length - 1], edits, (which, changes) => changes.Aggregate(good[which], Apply));
    }

    /// <summary>The same for texts.</summary>
    public static Gen<string> Of(string[] good, params string[] words) => Of([.. good.Select(Encoding.UTF8.GetBytes)], words).Select(Encoding.UTF8.GetString);

    private static byte[] Apply(byte[] input, Edit edit)
    {
        var at = (int)(edit.Place % (uint)(input.Length + 1));
        // Most of what is taken away or repeated is short.
        var most = edit.Length % 5 == 0 ? input.Length - at : Math.Min(input.Length - at, 8);
        var length = (int)((edit.Length >> 3) % (uint)(most + 1));
        var (before, part, after) = (input[..at], input[at..(at + length)], input[(at + length)..]);
        return edit.Kind switch
        {
            0 or 1 => [.. before, .. edit.Piece, .. part, .. after],
            2 => [.. before, .. edit.Piece, .. after],
            3 => [.. before, .. after],
            4 => [.. before, .. part, .. part, .. after],
            5 => at == input.Length ? input : [.. before, (byte)(input[at] ^ (1 << (int)(edit.Length % 8))), .. input[(at + 1)..]],
            _ => edit.Length % 4 == 0 ? before : [.. after, .. before, .. part],
        };
    }

    private readonly record struct Edit(int Kind, uint Place, uint Length, byte[] Piece);
}
