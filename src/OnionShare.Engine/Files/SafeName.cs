using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Files;

/// <summary>Turns the name a stranger gives a file into one that is safe to save under on every system.</summary>
internal static class SafeName
{
    /// <summary>What most file systems take, in bytes of UTF-8.</summary>
    public const int MostBytes = 255;

    /// <summary>The name of a file that has none, or none that is left.</summary>
    public const string Nameless = "file";

    // An extension longer than this is no extension; it is cut like the rest.
    private const int MostExtensionBytes = 32;
    private const string Archive = ".tar";

    /// <summary>
    /// The last part of the path, in Unicode normalization form C, without control, bidi and zero-width characters (but for
    /// <see cref="Joiner">joiners</see> that belong to the script), with <c>_</c> for what Windows takes in no name, no device name, no dots or blanks at the end, and of at most <see cref="MostBytes"/> bytes.
    /// </summary>
    public static string Of(string? raw)
    {
        var last = (raw ?? "").AsSpan();
        last = last[(last.LastIndexOfAny('/', '\\') + 1)..];
        var kept = new StringBuilder(last.Length);
        var runes = last.ToString().EnumerateRunes().ToArray();
        for (var at = 0; at < runes.Length; at++)
        {
            var rune = runes[at];
            if (IsNoncharacter(rune)) continue;
            if (RemoteText.IsInvisible(rune) && !(at > 0 && at < runes.Length - 1 && Joiner.Belongs(runes[at - 1], rune, runes[at + 1]))) continue;
            kept.Append(rune.IsAscii && @":*?""<>|".Contains((char)rune.Value) ? "_" : rune.ToString());
        }

        var name = Trimmed(kept.ToString().Normalize(NormalizationForm.FormC));
        if (name.Length == 0) return Nameless;
        return Shortened(DeviceName.Is(name) ? "_" + name : name, MostBytes);
    }

    /// <summary>The name for the <paramref name="number"/>th file of that name: <c>report (2).pdf</c>.</summary>
    public static string Numbered(string name, int number)
    {
        var mark = $" ({number.ToString(CultureInfo.InvariantCulture)})";
        var (stem, extension) = Split(name);
        return Cut(stem, MostBytes - Encoding.UTF8.GetByteCount(extension) - mark.Length) + mark + extension;
    }

    /// <summary>The name cut to so many bytes of UTF-8; its extension stays.</summary>
    public static string Shortened(string name, int mostBytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= mostBytes) return name;
        var (stem, extension) = Split(name);
        return Trimmed(Cut(stem, mostBytes - Encoding.UTF8.GetByteCount(extension)) + extension);
    }

    // Unicode §23.7: no text has them, and some can't be normalised.
    private static bool IsNoncharacter(Rune rune) => (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF;

    private static (string Stem, string Extension) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || Encoding.UTF8.GetByteCount(name.AsSpan(dot)) > MostExtensionBytes) return (name, "");
        // What a compressed archive is called: .tar.gz is one extension.
        if (dot > Archive.Length && name.AsSpan(0, dot).EndsWith(Archive, StringComparison.OrdinalIgnoreCase)) dot -= Archive.Length;
        return (name[..dot], name[dot..]);
    }

    private static string Cut(string text, int mostBytes)
    {
        var length = 0;
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > mostBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }

    private static string Trimmed(string name)
    {
        var end = name.Length;
        while (end > 0 && (name[end - 1] == '.' || char.IsWhiteSpace(name[end - 1]))) end--;
        return name[..end].TrimStart();
    }
}
