using OnionShare.Contracts;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

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
    /// Puts each item where visitors find it. Who chooses what is in a folder beside the folder itself has chosen among it
    /// (<c>Get-ChildItem -Recurse -Exclude *.key</c>): then each folder stands for itself and for what was chosen of it, not for all that is in it.
    /// </summary>
    public static List<ChosenPath> Arrange(IReadOnlyList<ChosenItem> items, Dictionary<string, ChosenItem> found)
    {
        var isChosenAmong = items.Any(item => FolderOf(item, found) is not null);
        var folders = new Dictionary<string, ChosenPath>(PathsRequest.Comparer);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var top = new List<ChosenPath>();
        // The outer ones first, so that a folder is there before what is in it.
        foreach (var item in isChosenAmong ? items.OrderBy(static item => item.Path.Length) : items.AsEnumerable())
        {
            var isFolder = item.Stat.Kind == FileKind.Folder;
            var outer = FolderOf(item, found);
            var name = outer is null ? Unused(NameOf(item.Path), item.Stat.Kind, names) : System.IO.Path.GetFileName(item.Path);
            var chosen = new ChosenPath(name, item.RealPath, item.Stat) { Path = item.Path, Parts = isFolder && isChosenAmong ? [] : null };
            if (isFolder) folders[item.Path] = chosen;
            if (outer is null) top.Add(chosen);
            else PartsOf(System.IO.Path.GetDirectoryName(item.Path)!, folders).Add(chosen);
        }

        return top;
    }

    private static string? FolderOf(ChosenItem item, Dictionary<string, ChosenItem> found) =>
        Above(item.Path).FirstOrDefault(path => found.TryGetValue(path, out var folder) && folder.Stat.Kind == FileKind.Folder);

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
