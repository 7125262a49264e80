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
    /// Makes control, format (bidi, zero-width), line-separating and broken surrogate characters visible as <c>\u{HEX}</c> (but for
    /// <see cref="Joiner">joiners</see> that belong to the script) and
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
            var piece = !good ? $"\\u{{{(int)text[i]:X}}}" : IsHarmless(rune) || Joiner.BelongsAt(text, i) ? rune.ToString() : $"\\u{{{rune.Value:X}}}";
            var width = good ? rune.Utf16SequenceLength : 1;
            var isLast = i + width == text.Length;
            if (shown.Length + piece.Length > (isLast ? maxLength : maxLength - 1)) return shown.Append('…').ToString();
            shown.Append(piece);
            i += width;
        }

        return shown.ToString();
    }

    /// <summary>Characters that leave no ink: format characters, and the letters and marks that Unicode does not call so though they show nothing.</summary>
    public static bool IsBlank(Rune rune) => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    /// <summary>What must not be in the name of a file: blank, or a control or line-separating character.</summary>
    public static bool IsInvisible(Rune rune) => IsBlank(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    /// <summary>Whether <see cref="Show"/> leaves it as it is.</summary>
    public static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
        _ => true,
    };
}
