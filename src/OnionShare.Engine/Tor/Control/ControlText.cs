using System.Text;

namespace OnionShare.Engine.Tor.Control;

/// <summary>The small grammar inside control lines: quoted strings and words with attributes (control-spec 2.1).</summary>
public static class ControlText
{
    /// <summary>Makes a QuotedString of a text.</summary>
    /// <exception cref="ArgumentException">The text holds CR, LF or NUL, which would end or cut the command.</exception>
    public static string Quote(string text)
    {
        RefuseLineBreaks(text);
        return $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>Refuses what would let one command become two.</summary>
    /// <exception cref="ArgumentException">The text holds CR, LF or NUL. The message does not repeat it: it may be a secret.</exception>
    public static void RefuseLineBreaks(string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            throw new ArgumentException("A control command must not hold CR, LF or NUL.", nameof(text));
    }

    /// <summary>Undoes the quotes of a QuotedString, octal escapes of UTF-8 bytes included; a text without quotes is given back as it is.</summary>
    public static string Unquote(string text)
    {
        if (text.Length < 2 || text[0] != '"' || text[^1] != '"')
            return text;

        var bytes = new List<byte>(text.Length);
        var utf8 = new byte[4];
        for (var i = 1; i < text.Length - 1;)
        {
            if (text[i] == '\\' && i + 1 < text.Length - 1)
            {
                i = Escape(text, i + 1, bytes);
                continue;
            }

            // An unpaired surrogate comes out as U+FFFD, and one char is taken.
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var taken);
            bytes.AddRange(utf8.AsSpan(0, rune.EncodeToUtf8(utf8)));
            i += taken;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Splits at blanks, but not inside quotes; the quotes stay.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        var start = -1;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '\\')
            {
                i++;
                continue;
            }

            if (c == '"')
                quoted = !quoted;
            if (c == ' ' && !quoted)
            {
                if (start >= 0)
                    words.Add(text[start..i]);
                start = -1;
            }
            else if (start < 0)
            {
                start = i;
            }
        }

        if (start >= 0)
            words.Add(text[start..]);
        return words;
    }

    /// <summary>The value of <c>KEY=value</c> or <c>KEY="value"</c> among the words of a line, unquoted; null when it is not there.</summary>
    public static string? Attribute(string text, string key)
    {
        foreach (var word in Words(text))
        {
            if (word.Length > key.Length && word[key.Length] == '=' && word.StartsWith(key, StringComparison.Ordinal))
                return Unquote(word[(key.Length + 1)..]);
        }

        return null;
    }

    private static int Escape(string text, int at, List<byte> bytes)
    {
        var c = text[at];
        if (c is >= '0' and <= '7')
        {
            var value = 0;
            var end = Math.Min(at + 3, text.Length - 1);
            for (; at < end && text[at] is >= '0' and <= '7'; at++)
                value = (value * 8) + (text[at] - '0');
            bytes.Add((byte)value);
            return at;
        }

        bytes.AddRange(c switch
        {
            'n' => "\n"u8,
            'r' => "\r"u8,
            't' => "\t"u8,
            _ => Encoding.UTF8.GetBytes(c.ToString()),
        });
        return at + 1;
    }
}
