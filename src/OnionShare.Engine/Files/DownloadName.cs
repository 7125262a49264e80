using System.Text;
using OnionShare.Contracts;

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
            var isRefused = (rune.IsAscii && @"/\:*?""<>|".Contains((char)rune.Value)) || RemoteText.IsInvisible(rune);
            safe.Append(isRefused ? "_" : rune.ToString());
        }

        return safe.ToString().TrimStart().TrimEnd(' ', '.');
    }
}
