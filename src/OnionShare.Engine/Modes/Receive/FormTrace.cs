using OnionShare.Contracts;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Names the partial files of a form under way, where partial files are not wanted, so that those a killed engine left are found at the next
/// start. It is held open while its form comes in: one that can be opened belongs to nobody any more.
/// </summary>
internal sealed class FormTrace : IDisposable
{
    /// <summary>How its name ends.</summary>
    public const string End = ".form";

    private readonly string _path;
    private readonly StreamWriter _lines;

    private FormTrace(string path, StreamWriter lines) => (_path, _lines) = (path, lines);

    /// <summary>Begins one.</summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public static FormTrace Begin(Inbox inbox)
    {
        try
        {
            var path = Path.Combine(inbox.HiddenFolder(), Guid.NewGuid().ToString("N") + End);
            return new FormTrace(path, new StreamWriter(UserOnlyFile.CreateNew(path, FileShare.None)) { AutoFlush = true });
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <summary>Names a partial file.</summary>
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

    /// <summary>Removes what forms of an engine that was killed have left below an inbox.</summary>
    public static void Sweep(Inbox inbox)
    {
        if (!Directory.Exists(inbox.HiddenPath)) return;
        foreach (var path in Directory.GetFiles(inbox.HiddenPath, "*" + End))
        {
            try
            {
                using (var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                    using var lines = new StreamReader(file);
                    while (lines.ReadLine() is { } partial) Remove(inbox, partial);
                }

                File.Delete(path);
            }
            catch (IOException)
            {
                // Its form is under way, in another service with this inbox.
            }
        }
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
