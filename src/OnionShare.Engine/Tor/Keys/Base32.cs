namespace OnionShare.Engine.Tor.Keys;

/// <summary>Base32 (RFC 4648 §6) without padding, as tor writes addresses (lower case) and client keys (upper case).</summary>
internal static class Base32
{
    /// <summary>The upper-case text of some bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < text.Length; i++)
        {
            var bit = i * 5;
            var pair = (bytes[bit >> 3] << 8) | ((bit >> 3) + 1 < bytes.Length ? bytes[(bit >> 3) + 1] : 0);
            var digit = (pair >> (11 - (bit & 7))) & 31;

            // 'A' + digit, and for 26 to 31 '2' + digit − 26, without looking the secret up in a table.
            text[i] = (char)('A' + digit - (((25 - digit) >> 31) & ('A' - '2' + 26)));
        }

        var encoded = new string(text);
        Array.Clear(text);
        return encoded;
    }

    /// <summary>
    /// Reads text of exactly <paramref name="bytes"/>' length, in either case. False if it is longer, shorter, holds anything else, or has
    /// bits left over that are not zero (two texts would then mean the same bytes).
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        bytes.Clear();
        if (text.Length != ((bytes.Length * 8) + 4) / 5) return false;
        var (buffer, bits, at) = (0, 0, 0);
        foreach (var c in text)
        {
            var digit = c switch
            {
                >= 'A' and <= 'Z' => c - 'A',
                >= 'a' and <= 'z' => c - 'a',
                >= '2' and <= '7' => c - '2' + 26,
                _ => -1,
            };
            if (digit < 0) return false;
            buffer = ((buffer << 5) | digit) & 0xFFF;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes[at++] = (byte)(buffer >> bits);
        }

        return (buffer & ((1 << bits) - 1)) == 0;
    }
}
