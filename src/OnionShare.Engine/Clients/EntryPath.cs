using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients;

/// <summary>
/// The one way from a name that a server sends (in a listing, a header, a URL, an archive) to a path below a folder of this computer's.
/// </summary>
internal static class EntryPath
{
    /// <summary>Folders within each other that are taken.</summary>
    public const int Deepest = 64;

    private const int Longest = 2048;

    /// <summary>
    /// The names of a path, each safe on every system (<see cref="SafeName"/>). A backslash parts names as a slash does.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.RemoteUnsafe"/>: it leads out of the folder, or is too long or too deep.</exception>
    public static string[] Names(string path)
    {
        if (path.Length > Longest) throw ClientProblems.Unsafe("The service names a file whose path is too long.");
        var parts = path.Split('/', '\\');
        var isRooted = parts[0].Length == 0 || (parts[0].Length >= 2 && parts[0][1] == ':');
        if (isRooted || parts.Any(part => part.Trim() is ".." || part.Contains('\0')))
            throw ClientProblems.Unsafe($"The service names a file that would lie outside the folder: '{RemoteText.Show(path, 100)}'.");
        var names = parts.Where(part => part is not ("" or ".")).Select(SafeName.Of).ToArray();
        if (names.Length is 0 or > Deepest) throw ClientProblems.Unsafe($"The service names a file whose path has {names.Length} parts: '{RemoteText.Show(path, 100)}'.");
        return names;
    }

    public static string Below(string folder, string path) => Path.Combine([folder, .. Names(path)]);

    /// <summary>The last name of a path alone; for what is to lie in the folder itself.</summary>
    public static string Last(string path) => SafeName.Of(path);

    /// <summary>The first of <c>name</c>, <c>name (2)</c>, … that is free.</summary>
    public static string Free(string path, Func<string, bool>? isTaken = null)
    {
        isTaken ??= Path.Exists;
        var folder = Path.GetDirectoryName(path)!;
        var name = Path.GetFileName(path);
        for (var number = 2; isTaken(path); number++) path = Path.Combine(folder, SafeName.Numbered(name, number));
        return path;
    }
}
