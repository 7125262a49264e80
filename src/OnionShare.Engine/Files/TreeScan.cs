using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

internal sealed class TreeScan(CancellationToken cancellationToken, NativeFiles? files = null)
{
    // Folders that link to each other many times over unfold into more entries than there are files on any disk.
    private const int MostEntriesThroughLinks = 1_000_000;

    private readonly List<string> _realFolders = [];
    private SharedRoots _roots = null!;
    private Caveats _caveats = null!;
    private int _linkDepth;
    private int _entriesThroughLinks;
    private SharedEntry? _firstRenamed;
    private int _renamedCount;

    public SharedTree Run(IEnumerable<string> paths, IEnumerable<string>? listed)
    {
        var choice = Choice.Inspect(paths, listed);
        var tree = Run(choice, choice.Paths);
        return new SharedTree(tree.Root, tree.Roots, [.. choice.Caveats.Sentences, .. tree.Warnings]);
    }

    // What a scan of some of the choice warns of is in the choice's caveats; the tree has what its archive changes.
    public SharedTree Run(Choice choice, IReadOnlyList<ChosenPath> paths)
    {
        _roots = files is null ? choice.Roots : new SharedRoots(files, choice.Roots.Paths);
        _caveats = choice.Caveats;

        SharedEntry root;
        if (paths is [{ Stat.Kind: FileKind.Folder } folder])
        {
            root = new SharedEntry(folder.Name, null, folder.RealPath, folder.Stat);
            Fill(root, folder);
        }
        else
        {
            var modified = paths.Max(static path => path.Stat.ModifiedTicks);
            root = new SharedEntry("", null, null, new FileStat(FileKind.Folder, 0, modified, 0, (UnixFileMode)0x1ED));
            Close(root, [.. paths.Select(path => Make(path, root))]);
        }

        var warnings = new List<string>();
        if (_firstRenamed is { } first && root is not { Name: "", Children: [{ IsFolder: false }] })
        {
            warnings.Add($"In the zip '{RemoteText.Show(first.Name)}' is called '{RemoteText.Show(first.ArchiveName)}', because Windows does not take the name."
                + (_renamedCount > 1 ? $" So it is with {_renamedCount - 1} more." : ""));
        }

        return new SharedTree(root, _roots, warnings);
    }

    private void Close(SharedEntry folder, List<SharedEntry> children)
    {
        children.Sort(SharedEntry.Compare);
        folder.Children = children.ToArray();
        PortableName.Assign(children, renamed =>
        {
            _firstRenamed ??= renamed;
            _renamedCount++;
        });
        foreach (var child in children)
        {
            folder.Length += child.Length;
            folder.FileCount += child.FileCount;
        }
    }

    private SharedEntry Make(ChosenPath chosen, SharedEntry parent)
    {
        var entry = new SharedEntry(chosen.Name, parent, chosen.RealPath, chosen.Stat);
        if (entry.IsFolder) Fill(entry, chosen);
        return entry;
    }

    private void Fill(SharedEntry folder, ChosenPath chosen)
    {
        if (chosen.Parts is { } parts) Close(folder, [.. parts.Select(part => Make(part, folder))]);
        else if (!TryFill(folder, chosen.RealPath, chosen.RealPath)) throw new ProblemException(ShareableFile.NotReadable(chosen.RealPath));
    }

    private bool TryFill(SharedEntry folder, string path, string realPath)
    {
        switch (_roots.TryList(path, out _, out var found))
        {
            case OpenOutcome.Folder:
                break;
            case OpenOutcome.Refused: // since its folder was listed it has become a link
                Warn(path, "leads out of what is shared and was left out.");
                return false;
            default:
                Warn(path, "can't be listed and was left out.");
                return false;
        }

        var children = new List<SharedEntry>();
        var prefix = Path.EndsInDirectorySeparator(path) ? path : path + Path.DirectorySeparatorChar;
        _realFolders.Add(realPath);
        foreach (var one in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Enter(folder, one, prefix + one.Name, realPath) is { } child) children.Add(child);
        }

        _realFolders.RemoveAt(_realFolders.Count - 1);
        Close(folder, children);
        return true;
    }

    private SharedEntry? Enter(SharedEntry parent, in FoundFile found, string path, string realParent)
    {
        var (fault, stat) = (found.Fault, found.Stat);
        var isLink = fault == FileFault.None && stat.Kind == FileKind.Link;
        var realPath = "";
        if (isLink)
        {
            if (!TryFollow(path, out realPath)) return null;
            fault = NativeFiles.Current.TryStat(realPath, followLinks: false, out stat);
        }

        if (fault == FileFault.NotFound)
            return Warn(path, found.Name.Contains('\uFFFD') ? "has a name that is not valid UTF-8 and was left out. Rename it." : "vanished and was left out.");
        if (fault != FileFault.None || (stat.Kind is FileKind.File && !NativeFiles.Current.CanRead(path, stat.Kind)))
            return Warn(path, "can't be read and was left out. Check its permissions.");
        if (stat.Kind is not (FileKind.File or FileKind.Folder)) return Warn(path, "is a pipe, socket or device and was left out.");
        if (ShareableFile.HasOtherSize(path, stat))
            return Warn(path, "has no size of its own, since the system makes its content when it is read, and was left out. Copy it to a file and share that.");
        if ((isLink || _linkDepth > 0) && ++_entriesThroughLinks > MostEntriesThroughLinks)
            return Warn(path, "was left out: too many files are reached through links.");

        var entry = new SharedEntry(found.Name, parent, null, stat);
        if (!entry.IsFolder) return entry;

        if (!isLink) realPath = Path.Join(realParent, found.Name);
        if (isLink) _linkDepth++;
        var isFilled = TryFill(entry, path, realPath);
        if (isLink) _linkDepth--;
        return isFilled ? entry : null;
    }

    private bool TryFollow(string path, out string realPath)
    {
        realPath = NativeFiles.Current.RealPath(path) ?? "";
        if (realPath.Length == 0)
            Warn(path, "is a link that leads nowhere and was left out.");
        else if (!_roots.Contains(realPath))
            Warn(path, "is a link that leads out of what is shared and was left out.");
        else if (_realFolders.Contains(realPath))
            Warn(path, "is a link to a folder it is in; it was left out.");
        else
            return true;
        return false;
    }

    private SharedEntry? Warn(string path, string what)
    {
        _caveats.Add($"'{RemoteText.Show(path)}' {what}");
        return null;
    }
}
