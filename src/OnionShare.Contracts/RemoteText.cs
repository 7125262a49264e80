using System.Globalization;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>
/// The one sanitiser for text that came from somebody else (names, paths, user agents, chat): what it returns is safe in a
/// console, a log line, a table and a page's text. Costs O(length of the result).
/// </summary>
public static class RemoteText
{
    /// <summary>Characters kept when nothing else is said.</summary>
    public const int DefaultLength = 200;

    /// <summary>
    /// Makes control, format (bidi, zero-width), line-separating and broken surrogate characters visible as <c>\u{HEX}</c> and
    /// cuts the text to <paramref name="maxLength"/> characters, the last of them an ellipsis if anything was cut.
    /// </summary>
    public static string Show(string? text, int maxLength = DefaultLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        if (string.IsNullOrEmpty(text)) return "";

        var shown = new StringBuilder(Math.Min(text.Length, maxLength));
        for (var i = 0; i < text.Length;)
        {
            var good = Rune.TryGetRuneAt(text, i, out var rune);
            var piece = !good ? $"\\u{{{(int)text[i]:X}}}" : IsHarmless(rune) ? rune.ToString() : $"\\u{{{rune.Value:X}}}";
            var width = good ? rune.Utf16SequenceLength : 1;
            var isLast = i + width == text.Length;
            if (shown.Length + piece.Length > (isLast ? maxLength : maxLength - 1)) return shown.Append('…').ToString();
            shown.Append(piece);
            i += width;
        }

        return shown.ToString();
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
        _ => true,
    };
}
