using System.Text;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// Makes the words of a message safe to show anywhere, a console included, without harming a language: control characters and those that
/// turn the direction of the text around them (UAX #9: embeddings, overrides, isolates) become visible as <c>\u{HEX}</c>, as
/// <see cref="Contracts.RemoteText"/> does it. Line breaks, tabs, and the joiners and marks that emoji, Persian or Hebrew need stay.
/// </summary>
internal static class MessageText
{
    /// <summary>The text to say; null with the reason when there is none, or too much.</summary>
    public static string? Clean(string text, int maxBytes, out Refused? refused)
    {
        refused = null;
        if (text.Length > maxBytes || Encoding.UTF8.GetByteCount(text) > maxBytes)
        {
            refused = new Refused(RefusalCodes.TooLong, new Phrase("chat.script.too-long", ("count", maxBytes / 1024)));
            return null;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var isWhole = Rune.TryGetRuneAt(text, i, out var rune);
            i += isWhole ? rune.Utf16SequenceLength : 1;
            if (!isWhole) clean.Append('\uFFFD');
            else if (rune.Value == '\r') clean.Append(i < text.Length && text[i] == '\n' ? "" : "\n");
            else if (rune.Value is 0x2028 or 0x2029) clean.Append('\n');
            else if (IsHarmless(rune)) clean.Append(rune.ToString());
            else clean.Append($"\\u{{{rune.Value:X}}}");
        }

        var trimmed = clean.ToString().Trim();
        if (trimmed.EnumerateRunes().All(rune => Rune.IsWhiteSpace(rune) || NameSkeleton.IsInvisible(rune)))
            refused = new Refused(RefusalCodes.Empty, new Phrase("chat.refused.empty"));
        return refused is null ? trimmed : null;
    }

    private static bool IsHarmless(Rune rune) => rune.Value switch
    {
        '\n' or '\t' => true,
        >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 => false,
        >= 0xE0001 and < 0xE0020 or >= 0xFFF9 and <= 0xFFFB => false,
        _ => !Rune.IsControl(rune),
    };
}
