using System.Globalization;
using System.Text;

namespace OnionShare.Cmdlets.Scheduling.Systemd;

/// <summary>
/// Values for systemd's unit files, such that systemd reads back what was put in (<c>systemd.syntax(7)</c>, <c>systemd.service(5)</c>
/// "Command lines", <c>systemd.unit(5)</c> "Specifiers").
/// </summary>
internal static class UnitText
{
    /// <summary>
    /// A command line. Every word is quoted, so none is taken for <c>;</c>, a prefix or an empty place; <c>%</c> and <c>$</c> are doubled, so
    /// that no specifier and no variable is put in. The program itself is not searched for variables: its dollars stay single.
    /// </summary>
    public static string Command(IEnumerable<string> words) =>
        string.Join(' ', words.Select((word, index) => Quote(index == 0 ? word : word.Replace("$", "$$", StringComparison.Ordinal))));

    /// <summary>A word of a list in which escapes are undone: <c>Environment=</c>.</summary>
    public static string Quote(string word)
    {
        Refuse(word, '\0');
        var text = new StringBuilder("\"");
        foreach (var rune in word.EnumerateRunes())
        {
            text.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '%' => "%%",
                _ => Rune.GetUnicodeCategory(rune) switch
                {
                    // Also what would only be invisible in an editor.
                    UnicodeCategory.Control when rune.Value < 0x80 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator =>
                        string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
                    _ => rune.ToString(),
                },
            });
        }

        return text.Append('"').ToString();
    }

    /// <summary>
    /// A path for <c>ReadWritePaths=</c> and its like, where only quotes and backslashes can be escaped. One that does not exist when
    /// the unit starts is passed over.
    /// </summary>
    public static string OptionalPath(string path)
    {
        if (path.FirstOrDefault(char.IsControl) is var control and not '\0') Refuse(path, control);
        Refuse(path, '\0');
        return $"\"-{path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal)}\"";
    }

    /// <summary>A <c>Description=</c>: it has no quotes and no escapes, so what can't be seen is shown, and it ends in no backslash.</summary>
    public static string Description(string text) =>
        Contracts.RemoteText.Show(text, 400).Replace("%", "%%", StringComparison.Ordinal).TrimEnd('\\');

    private static void Refuse(string word, char character)
    {
        if (word.Contains(character))
        {
            throw SchedulerProblem.NotWritable(
                word, "systemd", string.Create(CultureInfo.InvariantCulture, $"it holds the character \\u{{{(int)character:X}}}"));
        }
    }
}
