using OnionShare.Contracts;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>A file or folder that a person named, as visitors see it.</summary>
/// <param name="Name">Its name, told apart from the other chosen ones' whatever the case.</param>
/// <param name="RealPath">Where it is, with no link left in the path.</param>
/// <param name="Stat">Its state: a file or a folder.</param>
internal readonly record struct ChosenPath(string Name, string RealPath, FileStat Stat)
{
    /// <summary>Looks at what a person named; one named twice counts once.</summary>
    /// <exception cref="ProblemException">
    /// Nothing was named, or one of them is not there (<c>path-not-found</c>), may not be read (<c>path-not-readable</c>) or is a pipe, socket
    /// or device (<c>path-not-shareable</c>).
    /// </exception>
    public static IReadOnlyList<ChosenPath> Inspect(IEnumerable<string> paths)
    {
        var chosen = paths.Select(Path.GetFullPath).Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal).ToList();
        if (chosen.Count == 0)
            throw new ProblemException(ProblemCodes.InvalidRequest, "Nothing to share was named.", "Name at least one file or folder.");

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return chosen.ConvertAll(path =>
        {
            var stat = StatOf(path);
            return new ChosenPath(Unused(NameOf(path), stat.Kind, names), NativeFiles.Current.RealPath(path) ?? throw NotReadable(path), stat);
        });
    }

    /// <summary>The failure of a path that may not be read.</summary>
    public static ProblemException NotReadable(string path) => new(
        ProblemCodes.PathNotReadable, $"'{RemoteText.Show(path)}' can't be read.", "Check its permissions and those of the folders above it.",
        path);

    private static FileStat StatOf(string path)
    {
        switch (NativeFiles.Current.TryStat(path, followLinks: true, out var stat))
        {
            case FileFault.NotFound:
                throw new ProblemException(
                    ProblemCodes.PathNotFound,
                    NativeFiles.Current.TryStat(path, followLinks: false, out _) == FileFault.None
                        ? $"'{RemoteText.Show(path)}' is a link to something that is not there."
                        : $"'{RemoteText.Show(path)}' was not found.",
                    "Check the spelling.", path);
            case not FileFault.None:
                throw NotReadable(path);
        }

        if (stat.Kind is not (FileKind.File or FileKind.Folder))
        {
            throw new ProblemException(
                ProblemCodes.PathNotShareable, $"'{RemoteText.Show(path)}' is neither a file nor a folder, but a pipe, socket or device.",
                "Write what comes out of it to a file and share that.", path);
        }

        return NativeFiles.Current.CanRead(path, stat.Kind) ? stat : throw NotReadable(path);
    }

    // A drive or the root of the file system has no name.
    private static string NameOf(string path) =>
        Path.GetFileName(path) is { Length: > 0 } name ? name : path.Trim('/', '\\', ':') is { Length: > 0 } drive ? drive : "root";

    private static string Unused(string name, FileKind kind, HashSet<string> used)
    {
        var (stem, extension) = kind == FileKind.File ? (Path.GetFileNameWithoutExtension(name), Path.GetExtension(name)) : (name, "");
        if (stem.Length == 0) (stem, extension) = (name, "");
        var unused = name;
        for (var number = 2; !used.Add(unused); number++) unused = $"{stem} ({number}){extension}";
        return unused;
    }
}
