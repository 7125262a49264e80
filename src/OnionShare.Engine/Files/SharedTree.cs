namespace OnionShare.Engine.Files;

/// <summary>All that a share offers, as it was when the share was made. Holds names and states, no bytes and no open files.</summary>
public sealed class SharedTree
{
    internal SharedTree(SharedEntry root, SharedRoots roots, IReadOnlyList<string> warnings)
    {
        Root = root;
        Roots = roots;
        Warnings = warnings;
        SingleFile = root is { Name: "", Children: [{ IsFolder: false } only] } ? only : null;
    }

    /// <summary>
    /// The folder visitors see first: the chosen folder itself if it was one folder, else a nameless one that has the chosen items in it.
    /// </summary>
    public SharedEntry Root { get; }

    /// <summary>The one file, if one file was chosen and nothing else.</summary>
    public SharedEntry? SingleFile { get; }
    public SharedRoots Roots { get; }

    /// <summary>What was left out and why: sentences for the person who shares, safe to print.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <param name="paths">Absolute paths of files and folders; one named twice counts once.</param>
    /// <param name="listed">Those of them that came from a listing, and so are treated as what lies in a shared folder (<see cref="Choice"/>).</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    /// <exception cref="ProblemException">
    /// One of them is not there (<c>path-not-found</c>), may not be read (<c>path-not-readable</c>) or is a pipe, socket or device
    /// (<c>path-not-shareable</c>).
    /// </exception>
    public static SharedTree Scan(IEnumerable<string> paths, IEnumerable<string>? listed, CancellationToken cancellationToken = default) =>
        new TreeScan(cancellationToken).Run(paths, listed);

    /// <summary>Looks through what a person named path by path.</summary>
    /// <inheritdoc cref="Scan(IEnumerable{string}, IEnumerable{string}?, CancellationToken)"/>
    public static SharedTree Scan(IEnumerable<string> paths, CancellationToken cancellationToken = default) => Scan(paths, null, cancellationToken);

    /// <summary>Looks through what a person chose, each item for itself: what came from a listing is treated as <see cref="Scan(IEnumerable{string}, IEnumerable{string}?, CancellationToken)"/> does.</summary>
    /// <param name="paths">Absolute paths of files and folders.</param>
    /// <param name="listed">Those of them that came from a listing.</param>
    /// <param name="warnings">What was left out and why.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    internal static IReadOnlyList<(string Path, SharedTree Tree)> ScanEach(
        IEnumerable<string> paths, IEnumerable<string>? listed, out IReadOnlyList<string> warnings, CancellationToken cancellationToken)
    {
        var choice = Choice.Inspect(paths, listed);
        var found = choice.Paths.Select(one => (one.Path!, new TreeScan(cancellationToken).Run(choice, [one]))).ToList();
        warnings = [.. choice.Caveats.Sentences, .. found.SelectMany(static one => one.Item2.Warnings)];
        return found;
    }

    /// <summary>The file or folder at a URL-decoded path below <see cref="Root"/>, or null; the empty path is the root.</summary>
    public SharedEntry? Find(string relativePath)
    {
        if (!RelativePath.TrySplit(relativePath, asWindows: false, out var names)) return null;
        var entry = Root;
        foreach (var name in names)
        {
            if (entry.Child(name) is not { } child) return null;
            entry = child;
        }

        return entry.IsFolder || !RelativePath.IsOfFolder(relativePath) ? entry : null;
    }

    public FileContent ContentOf(SharedEntry file) => new(Roots, file.FullPath, file.Name, file.Stat);
}
