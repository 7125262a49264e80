namespace OnionShare.Engine.Files;

/// <summary>Judges paths that visitors send: already URL-decoded once, <c>/</c> between the names.</summary>
public static class RelativePath
{
    /// <summary>
    /// Splits a path into names; empty ones and <c>.</c> say nothing and are left out. Refused: <c>..</c> and NUL; on Windows also backslashes, drives and alternate
    /// streams (<c>:</c>), wildcards, control characters, device names (with any extension), and dots and spaces at a name's end,
    /// which Windows would drop. A slash at the end is allowed; the empty path is the root.
    /// </summary>
    public static bool TrySplit(string path, out string[] names) => TrySplit(path, OperatingSystem.IsWindows(), out names);

    internal static bool TrySplit(string path, bool asWindows, out string[] names)
    {
        names = path.Length == 0 ? [] : [.. path.Split('/').Where(static name => name is not ("" or "."))];
        foreach (var name in names)
        {
            if (name is ".." || name.Contains('\0') || (asWindows && !IsSafeOnWindows(name)))
            {
                names = [];
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a path asks for a folder: it ends in a slash, or in a <c>.</c> that stands for one.</summary>
    public static bool IsOfFolder(string path) => path is "" or "." || path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal);

    private static bool IsSafeOnWindows(string name) =>
        name[^1] is not ('.' or ' ') && !name.AsSpan().ContainsAny(@"\:*?""<>|") && !name.AsSpan().ContainsAnyInRange('\0', '\x1F') && !DeviceName.Is(name);
}
