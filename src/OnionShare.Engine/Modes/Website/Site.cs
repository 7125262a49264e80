using System.Text;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Modes.Website;

internal enum SiteOutcome
{
    /// <summary>Nothing a visitor may see; why is not told.</summary>
    NotFound,
    File,

    /// <summary>A folder without an index file.</summary>
    Folder,

    /// <summary>A folder asked for without the slash that relative links in it need.</summary>
    FolderWithoutSlash,
}

/// <summary>Where a path of a site led.</summary>
/// <param name="Outcome">To what.</param>
/// <param name="Names">The names in the path, decoded and checked.</param>
/// <param name="Path">The absolute path of the file or folder; null for a folder of chosen paths.</param>
/// <param name="File">The file.</param>
/// <param name="Parts">What a folder of chosen paths has in it.</param>
internal readonly record struct SitePlace(
    SiteOutcome Outcome, string[] Names, string? Path, ContainedFile? File, IReadOnlyList<ChosenPath>? Parts = null);

/// <summary>
/// The files of a site as they are on disk at the moment: nothing is remembered of them. Everything is opened through
/// <see cref="SharedRoots"/>, so nothing outside the chosen paths is reached, whatever a path or a link says.
/// </summary>
internal sealed class Site
{
    private static readonly string[] Indexes = ["index.html", "index.htm"];

    private readonly ChosenPath _top;
    private readonly SharedRoots _roots;
    private readonly bool _includeHidden;

    /// <summary>A site of these paths: one folder is its root; several paths, or one file, are its top level.</summary>
    /// <param name="paths">Absolute paths.</param>
    /// <param name="listed">Those of them that came from a listing (<see cref="Choice"/>).</param>
    /// <param name="includeHidden">Serve what is hidden, too.</param>
    /// <exception cref="ProblemException">One of them can't be served.</exception>
    public Site(IEnumerable<string> paths, IEnumerable<string>? listed, bool includeHidden)
    {
        var choice = Choice.Inspect(paths, listed);
        _roots = choice.Roots;
        _includeHidden = includeHidden;
        _top = choice.Paths is [{ Stat.Kind: FileKind.Folder } only] ? only : new ChosenPath("", "", default) { Parts = [.. choice.Paths] };
        Warnings = choice.Caveats.Sentences;
    }

    /// <summary>What was left out and why: sentences for the operator, safe to print.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Follows a decoded path, without the slash it begins with.</summary>
    public SitePlace Find(string path)
    {
        var nothing = new SitePlace(SiteOutcome.NotFound, [], null, null);
        if (!RelativePath.TrySplit(path, out var names) || !TryLocate(names, out var full, out var parts)) return nothing;

        var isFolderPath = names.Length == 0 || RelativePath.IsOfFolder(path);
        ContainedFile? file = null;
        switch (full is null ? OpenOutcome.Folder : TryOpen(full, out file), isFolderPath)
        {
            case (OpenOutcome.Opened, false):
                return new SitePlace(SiteOutcome.File, names, full, file);
            case (OpenOutcome.Opened, true):
                file!.Dispose();
                return nothing;
            case (OpenOutcome.Folder, false):
                return new SitePlace(SiteOutcome.FolderWithoutSlash, names, full, null);
            case (OpenOutcome.Folder, true):
                return InFolder(names, full, parts);
            default:
                return nothing;
        }
    }

    /// <summary>The chosen path that a path leads into, when it is not there any more; null when it is.</summary>
    public string? Missing(string path)
    {
        if (!RelativePath.TrySplit(path, out var names)) return null;
        var place = _top;
        for (var i = 0; i < names.Length && !place.IsWhole; i++)
        {
            if (PartOf(place, names[i]) is not { } part) return null;
            place = part;
        }

        return place.IsWhole && !Path.Exists(place.RealPath) ? place.RealPath : null;
    }

    /// <summary>Opens a file of the site at an absolute path; hidden ones count as not there.</summary>
    public OpenOutcome TryOpen(string path, out ContainedFile? file)
    {
        var outcome = _roots.TryOpenPath(path, out file);
        var realPath = outcome switch
        {
            OpenOutcome.Opened => file!.RealPath,
            OpenOutcome.Folder => NativeFiles.Current.RealPath(path),
            _ => null,
        };
        if (realPath is null || IsVisible(realPath)) return outcome;
        file?.Dispose();
        file = null;
        return OpenOutcome.NotFound;
    }

    /// <summary>What visitors may see in a folder that <see cref="Find"/> found, in no order; null when it is gone.</summary>
    public IReadOnlyList<SiteEntry>? List(SitePlace place)
    {
        if (place.Path is not { } folder) return [.. place.Parts!.Select(Look).OfType<SiteEntry>()];
        if (_roots.TryList(folder, out var realPath, out var found) != OpenOutcome.Folder || !IsVisible(realPath)) return null;
        var entries = new List<SiteEntry>(found.Count);
        foreach (var (name, fault, stat) in found)
        {
            // A name that is not valid Unicode can't be asked for.
            if (fault != FileFault.None || !MayName(name) || name.Contains('\uFFFD')) continue;
            var path = Path.Join(realPath, name);
            if (stat.Kind == FileKind.Special) continue;
            if (stat.Kind != FileKind.Link && OperatingSystem.IsLinux()) AddReadable(name, path, stat);
            else if (Look(name, path) is { } entry) entries.Add(entry);
        }

        return entries;

        void AddReadable(string name, string path, in FileStat stat)
        {
            if (NativeFiles.Current.CanRead(path, stat.Kind)) entries.Add(new SiteEntry(name, stat.Kind == FileKind.Folder, stat.Length, stat.LastModified));
        }
    }

    private SitePlace InFolder(string[] names, string? folder, IReadOnlyList<ChosenPath>? parts)
    {
        foreach (var name in Indexes)
        {
            var index = folder is not null ? Path.Join(folder, name)
                : parts!.FirstOrDefault(part => part.IsWhole && string.Equals(part.Name, name, StringComparison.Ordinal))?.RealPath;
            if (index is null) continue;
            switch (TryOpen(index, out var file))
            {
                case OpenOutcome.Opened:
                    return new SitePlace(SiteOutcome.File, names, index, file);
                case OpenOutcome.NotFound or OpenOutcome.Folder:
                    continue;
                default: // an index that may not be read was put there so that the folder is not listed
                    return new SitePlace(SiteOutcome.NotFound, names, null, null);
            }
        }

        return new SitePlace(SiteOutcome.Folder, names, folder, null, parts);
    }

    /// <summary>The absolute path of names, or the parts of a folder of chosen paths. What was chosen by name is served, whatever its name.</summary>
    private bool TryLocate(string[] names, out string? path, out IReadOnlyList<ChosenPath>? parts)
    {
        (path, parts) = (null, null);
        var place = _top;
        for (var i = 0; i < names.Length; i++)
        {
            if (place.IsWhole)
            {
                if (!names.AsSpan(i).ToArray().All(MayName)) return false;
                path = names.AsSpan(i).ToArray().Aggregate(place.RealPath, Spelled);
                return true;
            }

            if (PartOf(place, names[i]) is not { } part) return false;
            place = part;
        }

        if (place.IsWhole) path = place.RealPath;
        else parts = place.Parts;
        return true;
    }

    private static ChosenPath? PartOf(ChosenPath place, string name) => NameForms.Of(name).Select(place.Part).FirstOrDefault(static part => part is not null);

    /// <summary>A name in a folder, as it is spelled there.</summary>
    private static string Spelled(string folder, string name)
    {
        if (Ascii.IsValid(name)) return Path.Join(folder, name);
        foreach (var form in NameForms.Of(name))
        {
            if (NativeFiles.Current.TryStat(Path.Join(folder, form), followLinks: false, out _) == FileFault.None) return Path.Join(folder, form);
        }

        return Path.Join(folder, name);
    }

    private SiteEntry? Look(ChosenPath part) =>
        part.IsWhole ? Look(part.Name, part.RealPath) : new SiteEntry(part.Name, true, 0, part.Stat.LastModified);

    private SiteEntry? Look(string name, string path)
    {
        var files = NativeFiles.Current;
        if (files.RealPath(path) is not { } realPath || !_roots.Contains(realPath) || !IsVisible(realPath)) return null;
        if (files.TryStat(realPath, followLinks: false, out var stat) != FileFault.None) return null;
        if (stat.Kind is not (FileKind.File or FileKind.Folder) || !files.CanRead(realPath, stat.Kind)) return null;
        return new SiteEntry(name, stat.Kind == FileKind.Folder, stat.Length, stat.LastModified);
    }

    private bool MayName(string name) => _includeHidden || name[0] != '.';

    /// <summary>
    /// Whether nothing below a chosen path is hidden on the way to a real path. The names a visitor sends do not tell: Windows knows
    /// files by short names, and some file systems pass over characters.
    /// </summary>
    private bool IsVisible(string realPath)
    {
        if (_includeHidden) return true;
        foreach (var root in _roots.Paths)
        {
            if (SharedRoots.IsWithin(root, realPath) && IsVisibleBelow(root, realPath)) return true;
        }

        return false;
    }

    private static bool IsVisibleBelow(string root, string realPath)
    {
        var below = realPath.AsSpan(root.Length);
        for (var i = 0; i < below.Length; i++)
        {
            if (below[i] == '.' && (i == 0 || below[i - 1] == Path.DirectorySeparatorChar)) return false;
        }

        if (OperatingSystem.IsLinux()) return true;
        for (var path = realPath; path is not null && path.Length > root.Length; path = Path.GetDirectoryName(path))
        {
            if ((File.GetAttributes(path) & FileAttributes.Hidden) != 0) return false;
        }

        return true;
    }
}
