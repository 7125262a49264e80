using OnionShare.Contracts;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

internal sealed class TreeScan(CancellationToken cancellationToken)
{
    private const int WarningsKept = 1000;

    // Folders that link to each other many times over unfold into more entries than there are files on any disk.
    private const int MostEntriesThroughLinks = 1_000_000;

    private readonly List<string> _warnings = [];
    private readonly List<string> _realFolders = [];
    private SharedRoots _roots = null!;
    private int _warningCount;
    private int _linkDepth;
    private int _entriesThroughLinks;

    public SharedTree Run(IEnumerable<string> paths)
    {
        var chosen = ChosenPath.Inspect(paths);
        _roots = new SharedRoots(chosen.Select(static path => path.RealPath));

        SharedEntry root;
        if (chosen is [{ Stat.Kind: FileKind.Folder } folder])
        {
            root = new SharedEntry(folder.Name, null, folder.RealPath, folder.Stat);
            FillChosen(root, folder.RealPath);
        }
        else
        {
            var modified = chosen.Max(static path => path.Stat.ModifiedTicks);
            root = new SharedEntry("", null, null, new FileStat(FileKind.Folder, 0, modified, 0, (UnixFileMode)0x1ED));
            var children = new List<SharedEntry>();
            foreach (var path in chosen)
            {
                var entry = new SharedEntry(path.Name, root, path.RealPath, path.Stat);
                if (entry.IsFolder) FillChosen(entry, path.RealPath);
                children.Add(entry);
            }

            Close(root, children);
        }

        if (_warningCount > _warnings.Count) _warnings.Add($"… and {_warningCount - _warnings.Count} more were left out.");
        return new SharedTree(root, _roots, _warnings);
    }

    private static void Close(SharedEntry folder, List<SharedEntry> children)
    {
        children.Sort(SharedEntry.Compare);
        folder.Children = children.ToArray();
        foreach (var child in children)
        {
            folder.Length += child.Length;
            folder.FileCount += child.FileCount;
        }
    }

    private void FillChosen(SharedEntry folder, string real)
    {
        if (!TryFill(folder, real, real)) throw ChosenPath.NotReadable(real);
    }

    private bool TryFill(SharedEntry folder, string path, string realPath)
    {
        var children = new List<SharedEntry>();
        var prefix = Path.EndsInDirectorySeparator(path) ? path : path + Path.DirectorySeparatorChar;
        _realFolders.Add(realPath);
        try
        {
            foreach (var found in NativeFiles.Current.List(path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Enter(folder, found, prefix + found.Name, realPath) is { } child) children.Add(child);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            Warn(path, "can't be listed and was left out.");
            return false;
        }
        finally
        {
            _realFolders.RemoveAt(_realFolders.Count - 1);
        }

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
        if (++_warningCount <= WarningsKept) _warnings.Add($"'{RemoteText.Show(path)}' {what}");
        return null;
    }
}
