using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>
/// What a person chose to share, looked at. Who names a path means it: a link is followed, and what can't be shared is an error. What comes from a
/// listing (a wildcard, a pipeline) was seldom looked at one by one, so it is treated as what lies in a shared folder: a link that leads out of what
/// is shared, and what can't be read, is left out with a warning.
/// </summary>
internal sealed class Choice
{
    private readonly Dictionary<string, ChosenItem> _found = new(PathsRequest.PathComparer);
    private readonly HashSet<string>? _listed;
    private Problem? _firstLeftOut;

    private Choice(HashSet<string>? listed) => _listed = listed;

    /// <summary>What was chosen, in the order it was chosen, each once.</summary>
    public IReadOnlyList<ChosenPath> Paths { get; private set; } = [];

    /// <summary>The door to it.</summary>
    public SharedRoots Roots { get; private set; } = null!;

    /// <summary>What was left out and why, and which links were followed: for the person who shares.</summary>
    public Caveats Caveats { get; } = new();

    /// <param name="paths">Absolute paths; one named twice counts once.</param>
    /// <param name="listed">Those of them that came from a listing; null where that is not known (<see cref="PathsRequest.Listed"/>).</param>
    /// <exception cref="ProblemException">
    /// Nothing was named; one that was named is not there (<c>path-not-found</c>), may not be read (<c>path-not-readable</c>) or is no file or folder
    /// with bytes of its own (<c>path-not-shareable</c>); or nothing of what was listed is left.
    /// </exception>
    public static Choice Inspect(IEnumerable<string> paths, IEnumerable<string>? listed = null)
    {
        var chosen = paths.Select(Normal).Distinct(StringComparer.Ordinal).ToList();
        if (chosen.Count == 0)
            throw new ProblemException(ProblemCodes.InvalidRequest, "Nothing to share was named.", "Name at least one file or folder.");

        var choice = new Choice(listed?.Select(Normal).ToHashSet(StringComparer.Ordinal));
        choice.Look(chosen);
        return choice;
    }

    private static string Normal(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static bool IsLink(string path) =>
        NativeFiles.Current.TryStat(path, followLinks: false, out var stat) == FileFault.None && stat.Kind == FileKind.Link;

    private bool IsListed(string path) => _listed?.Contains(path) == true;

    private void Look(List<string> chosen)
    {
        var links = new HashSet<string>(chosen.Where(path => IsListed(path) && IsLink(path)), PathsRequest.PathComparer);
        // What was listed through a link is where the link leads, and no safer.
        bool IsThroughLink(string path) => links.Contains(path) || (links.Count > 0 && ChosenItem.Above(path).Any(links.Contains));
        foreach (var path in chosen)
        {
            var isListed = IsListed(path);
            if (isListed && IsThroughLink(path)) continue;
            if (ShareableFile.Look(path, out var stat, out var real) is not { } problem)
            {
                if (!isListed && IsLink(path)) Caveats.Add($"'{RemoteText.Show(path)}' is a link. What it leads to is shared: '{RemoteText.Show(real)}'.");
                _found[path] = new ChosenItem(path, real, stat);
            }
            else if (isListed)
            {
                LeaveOut(problem);
            }
            else
            {
                throw new ProblemException(problem);
            }
        }

        Take(chosen);
        if (links.Count > 0)
        {
            foreach (var path in chosen.Where(path => IsListed(path) && IsThroughLink(path))) Follow(path);
            Take(chosen);
        }

        if (Paths.Count == 0 && _firstLeftOut is { } first) throw new ProblemException(first with { Advice = $"{first.Advice} Nothing else is there to share." });
        if (Paths.Any(static path => !path.IsWhole))
        {
            Caveats.Add("Of the folders that were listed together with what is in them, only what was listed is shared, not all that is in them. "
                + "To share a whole folder, name only the folder.");
        }
    }

    private void Take(List<string> chosen)
    {
        Paths = ChosenItem.Arrange([.. chosen.Where(_found.ContainsKey).Select(path => _found[path])], _found, path => _listed is null || IsListed(path));
        Roots = new SharedRoots(Paths.SelectMany(static path => path.Whole()).Select(static path => path.RealPath));
    }

    // A listed link is followed as one in a shared folder is: as long as it stays inside what is shared.
    private void Follow(string path)
    {
        if (ShareableFile.Look(path, out var stat, out var real) is { } problem)
        {
            LeaveOut(problem);
        }
        else if (Roots.Contains(real) && !SharedRoots.IsWithin(real, path))
        {
            _found[path] = new ChosenItem(path, real, stat);
        }
        else
        {
            LeaveOut(new Problem(
                ProblemCodes.PathNotShareable,
                $"'{RemoteText.Show(path)}' is a link that leads out of what is shared.",
                "To share what it leads to, name the link itself, without a wildcard or a pipeline.",
                path));
        }
    }

    private void LeaveOut(Problem problem)
    {
        _firstLeftOut ??= problem;
        Caveats.Add($"{problem.Detail} It was left out.");
    }
}

/// <summary>A path that was chosen and can be shared.</summary>
internal sealed record ChosenItem(string Path, string RealPath, FileStat Stat)
{
    /// <summary>The folders a path is in, from the inner to the outer.</summary>
    public static IEnumerable<string> Above(string path)
    {
        for (var folder = System.IO.Path.GetDirectoryName(path); folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
            yield return folder;
    }

    /// <summary>
    /// Puts each item where visitors find it. Who lists what is in a folder beside the folder itself has chosen among it
    /// (<c>Get-ChildItem -Recurse -Exclude *.key</c>): then each folder of the listing stands for itself and for what was chosen of it, not for all that
    /// is in it. A folder that was named is meant whole, and what was chosen of it besides is in it already.
    /// </summary>
    public static List<ChosenPath> Arrange(IReadOnlyList<ChosenItem> items, Dictionary<string, ChosenItem> found, Func<string, bool> isListed)
    {
        var isChosenAmong = items.Any(item => isListed(item.Path) && FoldersOf(item, found).Any(folder => isListed(folder.Path)));
        bool IsWhole(ChosenItem item) => !isChosenAmong || !isListed(item.Path);
        items = [.. items.Where(item => !FoldersOf(item, found).Any(IsWhole))];
        var folders = new Dictionary<string, ChosenPath>(PathsRequest.PathComparer);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var top = new List<ChosenPath>();
        // The outer ones first, so that a folder is there before what is in it.
        foreach (var item in isChosenAmong ? items.OrderBy(static item => item.Path.Length) : items.AsEnumerable())
        {
            var isFolder = item.Stat.Kind == FileKind.Folder;
            var isTop = !FoldersOf(item, found).Any();
            var name = isTop ? Unused(NameOf(item.Path), item.Stat.Kind, names) : System.IO.Path.GetFileName(item.Path);
            var chosen = new ChosenPath(name, item.RealPath, item.Stat) { Path = item.Path, Parts = isFolder && !IsWhole(item) ? [] : null };
            if (isFolder) folders[item.Path] = chosen;
            if (isTop) top.Add(chosen);
            else PartsOf(System.IO.Path.GetDirectoryName(item.Path)!, folders).Add(chosen);
        }

        return top;
    }

    private static IEnumerable<ChosenItem> FoldersOf(ChosenItem item, Dictionary<string, ChosenItem> found) =>
        Above(item.Path).Select(found.GetValueOrDefault).OfType<ChosenItem>().Where(static folder => folder.Stat.Kind == FileKind.Folder);

    // A folder between a chosen one and what was chosen below it was not chosen itself (a filter left it out), but leads there.
    private static List<ChosenPath> PartsOf(string path, Dictionary<string, ChosenPath> folders)
    {
        if (folders.TryGetValue(path, out var there)) return there.Parts!;
        var files = NativeFiles.Current;
        var stat = files.TryStat(path, followLinks: true, out var seen) == FileFault.None ? seen : new FileStat(FileKind.Folder, 0, 0, 0, (UnixFileMode)0x1ED);
        var between = new ChosenPath(System.IO.Path.GetFileName(path), files.RealPath(path) ?? path, stat) { Parts = [] };
        folders[path] = between;
        PartsOf(System.IO.Path.GetDirectoryName(path)!, folders).Add(between);
        return between.Parts;
    }

    // A drive or the root of the file system has no name.
    private static string NameOf(string path) =>
        System.IO.Path.GetFileName(path) is { Length: > 0 } name ? name : path.Trim('/', '\\', ':') is { Length: > 0 } drive ? drive : "root";

    private static string Unused(string name, FileKind kind, HashSet<string> used)
    {
        var unused = name;
        for (var number = 2; !used.Add(unused); number++) unused = kind == FileKind.File ? NameParts.Numbered(name, number) : $"{name} ({number})";
        return unused;
    }
}

/// <summary>A file or folder that a person chose, as visitors see it.</summary>
/// <param name="Name">Its name, told apart from its neighbours' whatever the case.</param>
/// <param name="RealPath">Where it is, with no link left in the path.</param>
/// <param name="Stat">Its state: a file or a folder.</param>
internal sealed record ChosenPath(string Name, string RealPath, FileStat Stat)
{
    /// <summary>The path as it was chosen; null for a folder between chosen ones.</summary>
    public string? Path { get; init; }

    /// <summary>What of a folder was chosen; null when all that is in it was.</summary>
    public List<ChosenPath>? Parts { get; init; }

    /// <summary>Whether all that is there was chosen: a file, or a folder as a whole.</summary>
    public bool IsWhole => Parts is null;

    /// <summary>It and all chosen parts of it that are whole: what visitors may reach.</summary>
    public IEnumerable<ChosenPath> Whole() => Parts is null ? [this] : Parts.SelectMany(static part => part.Whole());

    /// <summary>The part of that name; null for none.</summary>
    public ChosenPath? Part(string name) => Parts?.Find(part => string.Equals(part.Name, name, StringComparison.Ordinal));
}
