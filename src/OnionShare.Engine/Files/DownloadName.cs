using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Files;

/// <summary>Names that can be saved under on every system.</summary>
internal static class DownloadName
{
    private const int MostCharacters = 200;

    /// <summary>
    /// Replaces what some system does not take in a file name, and what could make it look like another: separators, wildcards, control
    /// and format characters. Empty when nothing is left.
    /// </summary>
    public static string Of(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (safe.Length >= MostCharacters) break;
            if (rune.Value < 0x80 && @"/\:*?""<>|".Contains((char)rune.Value)) safe.Append('_');
            else if (IsInvisible(rune)) safe.Append('_');
            else safe.Append(rune.ToString());
        }

        return safe.ToString().TrimStart().TrimEnd(' ', '.');
    }

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
