using OnionShare.Contracts;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>
/// What a person chose to share, looked at. Who names a path means it: a link is followed, and what can't be shared is an error. What comes from a
/// listing (a wildcard, a pipeline) was seldom looked at one by one, so it is treated as what lies in a shared folder: a link that leads out of what
/// is shared, and what can't be read, is left out with a warning.
/// </summary>
internal sealed class Choice
{
    private readonly Dictionary<string, ChosenItem> _found = new(PathsRequest.Comparer);
    private Problem? _firstLeftOut;

    private Choice()
    {
    }

    /// <summary>What was chosen, in the order it was chosen, each once.</summary>
    public IReadOnlyList<ChosenPath> Paths { get; private set; } = [];

    /// <summary>The door to it.</summary>
    public SharedRoots Roots { get; private set; } = null!;

    /// <summary>What was left out and why, and which links were followed: for the person who shares.</summary>
    public Caveats Caveats { get; } = new();

    /// <param name="paths">Absolute paths; one named twice counts once.</param>
    /// <param name="listed">Those of them that came from a listing.</param>
    /// <exception cref="ProblemException">
    /// Nothing was named; one that was named is not there (<c>path-not-found</c>), may not be read (<c>path-not-readable</c>) or is no file or folder
    /// with bytes of its own (<c>path-not-shareable</c>); or nothing of what was listed is left.
    /// </exception>
    public static Choice Inspect(IEnumerable<string> paths, IEnumerable<string>? listed = null)
    {
        var chosen = paths.Select(Normal).Distinct(StringComparer.Ordinal).ToList();
        if (chosen.Count == 0)
            throw new ProblemException(ProblemCodes.InvalidRequest, "Nothing to share was named.", "Name at least one file or folder.");

        var choice = new Choice();
        choice.Look(chosen, new HashSet<string>((listed ?? []).Select(Normal), StringComparer.Ordinal));
        return choice;
    }

    private static string Normal(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static bool IsLink(string path) =>
        NativeFiles.Current.TryStat(path, followLinks: false, out var stat) == FileFault.None && stat.Kind == FileKind.Link;

    private void Look(List<string> chosen, HashSet<string> listed)
    {
        var links = new HashSet<string>(chosen.Where(path => listed.Contains(path) && IsLink(path)), PathsRequest.Comparer);
        // What was listed through a link is where the link leads, and no safer.
        bool IsThroughLink(string path) => links.Contains(path) || (links.Count > 0 && ChosenItem.Above(path).Any(links.Contains));
        foreach (var path in chosen)
        {
            var isListed = listed.Contains(path);
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
            foreach (var path in chosen.Where(path => listed.Contains(path) && IsThroughLink(path))) Follow(path);
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
        Paths = ChosenItem.Arrange([.. chosen.Where(_found.ContainsKey).Select(path => _found[path])], _found);
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
