using System.Text;

namespace OnionShare.Engine.Files;

/// <summary>Names that can be saved under on every system.</summary>
internal static class DownloadName
{
    // File systems take 255 bytes; what programs add while they download, or to tell two apart, needs room too.
    private const int MostBytes = 200;

    /// <summary>
    /// Replaces what some system does not take in a file name, and what could make it look like another: separators, wildcards, control
    /// and format characters. A name too long for a file system is cut before its extension. Empty when nothing is left.
    /// </summary>
    public static string Of(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            var isRefused = (rune.IsAscii && @"/\:*?""<>|".Contains((char)rune.Value)) || RemoteText.IsInvisible(rune);
            safe.Append(isRefused ? "_" : rune.ToString());
        }

        return Cut(safe.ToString().TrimStart().TrimEnd(' ', '.'));
    }

    private static string Cut(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostBytes) return name;
        var (stem, extension) = NameParts.Split(name);
        var room = MostBytes - Encoding.UTF8.GetByteCount(extension);
        var length = 0;
        foreach (var rune in stem.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0) break;
            length += rune.Utf16SequenceLength;
        }

        return stem[..length].TrimEnd(' ', '.') + extension;
    }
}
