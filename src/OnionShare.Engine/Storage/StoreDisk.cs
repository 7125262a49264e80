namespace OnionShare.Engine.Storage;

internal sealed class StoreDisk : IStoreDisk
{
    public IReadOnlyList<string> Names(string folder) =>
        Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))] : [];

    public byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void MakeFolder(string path)
    {
        var isNew = !Directory.Exists(path);
        PrivateFolder.Ensure(path);
        if (isNew) FlushFolder(Path.GetDirectoryName(path)!);
    }

    public void Write(string path, ReadOnlySpan<byte> content) => UserOnlyFile.WriteThrough(path, content);

    public void Replace(string from, string to) => UserOnlyFile.Replace(from, to);

    public void Delete(string path) => File.Delete(path);

    public void FlushFolder(string folder) => UserOnlyFile.FlushFolder(folder);
}

/// <summary>
/// The steps a store takes on the disk, one at a time, so that the tests can cut the power before, after and inside each. All throw
/// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
internal interface IStoreDisk
{
    /// <summary>
    /// Writes a file beside the old one, renames it over that, and waits for both, so that whenever the power goes there is the old or the new one,
    /// whole.
    /// </summary>
    sealed void Save(string path, ReadOnlySpan<byte> content)
    {
        Write(path + UserOnlyFile.Unfinished, content);
        Replace(path + UserOnlyFile.Unfinished, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The names of the files in a folder; none when there is no folder.</summary>
    IReadOnlyList<string> Names(string folder);

    /// <summary>What is in a file; null when there is none.</summary>
    byte[]? Read(string path);

    /// <summary>Makes a folder only this user can enter, unless it is there; a power cut does not undo it.</summary>
    void MakeFolder(string path);

    /// <summary>Writes a file only this user can read, in place of one that is there, and waits until its content is on the disk.</summary>
    void Write(string path, ReadOnlySpan<byte> content);

    /// <summary>Renames a file, in place of one that is there, all at once.</summary>
    void Replace(string from, string to);

    /// <summary>Deletes a file, if it is there.</summary>
    void Delete(string path);

    /// <summary>Waits until the names in a folder, as they are now, are on the disk.</summary>
    void FlushFolder(string folder);
}
