using System.Text;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>Where a file lies: while it comes in, and when it is whole.</summary>
internal sealed record UploadPaths(string Partial, string Final)
{
    public string Name => Path.GetFileName(Final);
}

/// <summary>The folder of one submission. It gives out names, no two alike on any system.</summary>
internal sealed class SubmissionFolder
{
    private const string PartialEnd = ".part";

    private readonly Lock _lock = new();
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An existing folder; the names in it are taken.</summary>
    public SubmissionFolder(string path)
    {
        FullPath = path;
        foreach (var entry in Directory.EnumerateFileSystemEntries(path)) _taken.Add(Path.GetFileName(entry));
    }

    /// <summary>Its absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Gives a file its place: the name it asks for made safe, with a number if that is taken.</summary>
    public UploadPaths Reserve(string? rawName)
    {
        var name = UploadName.Safe(rawName);
        lock (_lock)
        {
            var free = FirstFree(number => number == 1 ? name : UploadName.Numbered(name, number));
            var stem = UploadName.Shortened(free, UploadName.MostBytes - Encoding.UTF8.GetByteCount(PartialEnd) - 8);
            var partial = FirstFree(number => number == 1 ? stem + PartialEnd : UploadName.Numbered(stem, number) + PartialEnd);
            return new UploadPaths(Path.Combine(FullPath, partial), Path.Combine(FullPath, free));
        }
    }

    public void Flush()
    {
        FolderSystem.Flush(FullPath);
        FolderSystem.Flush(Path.GetDirectoryName(FullPath)!);
    }

    /// <summary>Removes it, and the folder of the day, if nothing is in them.</summary>
    public void RemoveIfEmpty()
    {
        foreach (var folder in new[] { FullPath, Path.GetDirectoryName(FullPath)! })
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody has moved it away already.
            }
            catch (IOException)
            {
                // Something is in it: it stays, and so does what is above it.
                return;
            }
        }
    }

    private string FirstFree(Func<int, string> numbered)
    {
        for (var number = 1; ; number++)
        {
            var name = numbered(number);
            if (_taken.Add(name)) return name;
        }
    }
}
