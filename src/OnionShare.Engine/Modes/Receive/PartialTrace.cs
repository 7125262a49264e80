namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Names the partial files of a submission under way that nobody could go on with once the engine is killed, so that they are found at the next start:
/// those of a form where partial files are not wanted, and those that are encrypted. It is held open while they come in: one that can be opened belongs to
/// nobody any more.
/// </summary>
internal sealed class PartialTrace : IDisposable
{
    private const string Discarded = ".form", Kept = ".keep";

    private readonly string _path;
    private readonly StreamWriter _lines;

    private PartialTrace(string path, StreamWriter lines) => (_path, _lines) = (path, lines);

    /// <summary>Whether a file in the hidden folder is one.</summary>
    public static bool IsOne(string path) => Path.GetExtension(path) is Discarded or Kept;

    /// <param name="inbox">The inbox.</param>
    /// <param name="isDiscarded">Whether partial files are not wanted; else the owner is told of those that are left.</param>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public static PartialTrace Begin(Inbox inbox, bool isDiscarded)
    {
        try
        {
            var path = Path.Combine(inbox.HiddenFolder(), Guid.NewGuid().ToString("N") + (isDiscarded ? Discarded : Kept));
            return new PartialTrace(path, new StreamWriter(UserOnlyFile.CreateNew(path, FileShare.None)) { AutoFlush = true });
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <exception cref="StorageException">The disk does not take it.</exception>
    public void Add(string partial)
    {
        try
        {
            _lines.WriteLine(partial);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <summary>Looks after what an engine that was killed has left below an inbox: removes what is not wanted, and gives what stays.</summary>
    public static IReadOnlyList<string> Sweep(Inbox inbox)
    {
        var kept = new SortedSet<string>(StringComparer.Ordinal);
        if (!Directory.Exists(inbox.HiddenPath)) return [];
        foreach (var path in Directory.GetFiles(inbox.HiddenPath).Where(IsOne))
        {
            try
            {
                using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    using var lines = new StreamReader(file);
                    while (lines.ReadLine() is { } partial)
                    {
                        if (Path.GetExtension(path) == Discarded) Remove(inbox, partial);
                        else if (File.Exists(partial)) kept.Add(partial);
                    }
                }

                File.Delete(path);
            }
            catch (Exception failure) when (StorageException.Is(failure))
            {
                // It is under way, in another service with this inbox; or somebody has taken the right to it away, which is no reason not to start.
            }
        }

        return [.. kept];
    }

    public void Dispose()
    {
        try
        {
            _lines.Dispose();
            File.Delete(_path);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            // The disk takes no changes; the next start tries again, and finds none of the files named.
        }
    }

    private static void Remove(Inbox inbox, string partial)
    {
        // The file is ours, but it lies in a folder that others may write to: nothing outside is removed for it.
        if (!Path.GetFullPath(partial).StartsWith(inbox.FullPath + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return;
        var folder = new SubmissionFolder(Path.GetDirectoryName(partial)!);
        if (!Directory.Exists(folder.FullPath)) return;
        File.Delete(partial);
        folder.TryRemove();
    }
}
