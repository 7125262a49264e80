using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>A file or folder that is shared, as it was when the share was made.</summary>
public sealed class SharedEntry
{
    private readonly string? _path;
    private readonly long _modifiedTicks;
    private readonly ulong _number;
    private readonly short _mode;
    private string? _archiveName;

    internal SharedEntry(string name, SharedEntry? parent, string? path, in FileStat stat)
    {
        Name = name;
        Parent = parent;
        _path = path;
        IsFolder = stat.Kind == FileKind.Folder;
        Length = stat.Length;
        FileCount = IsFolder ? 0 : 1;
        _modifiedTicks = stat.ModifiedTicks;
        _number = stat.Number;
        _mode = (short)stat.Mode;
    }

    /// <summary>Its name; empty for the folder that stands for several chosen items.</summary>
    public string Name { get; }

    /// <summary>Its name in an archive, which every system takes; the same as <see cref="Name"/> for nearly all.</summary>
    public string ArchiveName
    {
        get => _archiveName ?? Name;
        internal set => _archiveName = value;
    }

    /// <summary>The folder it is in; null for the root.</summary>
    public SharedEntry? Parent { get; }
    public bool IsFolder { get; }

    /// <summary>Its size in bytes; of a folder, of all files below it.</summary>
    public long Length { get; internal set; }

    /// <summary>How many files are below it; 1 for a file.</summary>
    public int FileCount { get; internal set; }

    /// <summary>What is in the folder: folders first, then files, each by name (<see cref="NaturalOrder"/>).</summary>
    public IReadOnlyList<SharedEntry> Children { get; internal set; } = [];

    /// <summary>When it last changed, UTC.</summary>
    public DateTimeOffset LastModified => new(_modifiedTicks, TimeSpan.Zero);

    /// <summary>Its permission bits (0777).</summary>
    public UnixFileMode Mode => (UnixFileMode)_mode;

    /// <summary>The state its bytes must still have.</summary>
    public FileStat Stat => new(IsFolder ? FileKind.Folder : FileKind.File, IsFolder ? 0 : Length, _modifiedTicks, 0, Mode) { Number = _number };

    /// <summary>The names from the root down to it, with <c>/</c> between them; empty for the root.</summary>
    public string RelativePath => Parent is null ? "" : Parent.Parent is null ? Name : $"{Parent.RelativePath}/{Name}";

    /// <summary>The same of the names in an archive.</summary>
    public string ArchivePath => Parent is null ? "" : Parent.Parent is null ? ArchiveName : $"{Parent.ArchivePath}/{ArchiveName}";

    /// <summary>Where it is on disk; links below a chosen item are not resolved in it.</summary>
    public string FullPath => _path ?? (Parent is null ? "" : Path.Join(Parent.FullPath, Name));

    /// <summary>All that is below it, folders before what is in them.</summary>
    public IEnumerable<SharedEntry> Descendants()
    {
        var rest = new Stack<SharedEntry>();
        Push(rest, Children);
        while (rest.TryPop(out var entry))
        {
            yield return entry;
            Push(rest, entry.Children);
        }
    }

    /// <summary>The order of <see cref="Children"/>; the same in every culture.</summary>
    internal static int Compare(SharedEntry a, SharedEntry b) => Compare(a, b.IsFolder, b.Name);

    /// <summary>The child of that name, or of the same name in another form of Unicode; null for none.</summary>
    internal SharedEntry? Child(string name) => NameForms.Of(name).Select(form => Child(form, isFolder: true) ?? Child(form, isFolder: false)).FirstOrDefault(static child => child is not null);

    private static int Compare(SharedEntry a, bool isFolder, string name)
    {
        if (a.IsFolder != isFolder) return a.IsFolder ? -1 : 1;
        return NaturalOrder.Instance.Compare(a.Name, name);
    }

    private static void Push(Stack<SharedEntry> stack, IReadOnlyList<SharedEntry> children)
    {
        for (var i = children.Count - 1; i >= 0; i--) stack.Push(children[i]);
    }

    private SharedEntry? Child(string name, bool isFolder)
    {
        var (low, high) = (0, Children.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = Compare(Children[middle], isFolder, name);
            if (order == 0) return Children[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }
}
