namespace OnionShare.Engine.Files;

/// <summary>A file's name in two: what may be cut or numbered, and the extension by which programs know it.</summary>
internal static class NameParts
{
    // What is longer, or has a space in it, is no extension but a dot in a sentence.
    private const int LongestExtension = 16;

    /// <summary>
    /// Splits before the extension; both halves of <c>.tar.gz</c> and its like belong to it. A name that only begins with a dot has none.
    /// </summary>
    public static (string Stem, string Extension) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot <= 0 || name.Length - dot > LongestExtension || name.IndexOf(' ', dot) >= 0) return (name, "");
        const string tar = ".tar";
        var stem = name.AsSpan(0, dot);
        if (stem.Length > tar.Length && stem.EndsWith(tar, StringComparison.OrdinalIgnoreCase)) dot -= tar.Length;
        return (name[..dot], name[dot..]);
    }

    /// <summary>The name with a number before its extension: <c>report (2).tar.gz</c>.</summary>
    public static string Numbered(string name, int number)
    {
        var (stem, extension) = Split(name);
        return $"{stem} ({number}){extension}";
    }
}
