namespace OnionShare.Engine.Modes.Receive;

internal sealed class SubmissionFolder(string path)
{
    public string FullPath { get; } = path;

    /// <summary>Where a file in it lies.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <summary>Where a file of it lies now.</summary>
    public string PathOf(SubmittedFile file) => PathOf(file.IsWhole ? file.Final : file.Partial);

    /// <summary>Brings the names in it, and its own, to the disk.</summary>
    public void Flush()
    {
        UserOnlyFile.FlushFolder(FullPath);
        UserOnlyFile.FlushFolder(Path.GetDirectoryName(FullPath)!);
    }

    /// <summary>Removes it, and the folder of the day, if nothing is in them; whether it is gone.</summary>
    public bool TryRemove()
    {
        if (!TryRemove(FullPath)) return false;
        TryRemove(Path.GetDirectoryName(FullPath)!);
        return true;
    }

    /// <summary>Removes a folder if nothing is in it; whether it is gone.</summary>
    public static bool TryRemove(string path)
    {
        try
        {
            Directory.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception kept) when (StorageException.Is(kept))
        {
            return false; // something is in it, or the disk takes no changes: it stays
        }
    }
}
