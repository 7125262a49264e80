using OnionShare.Contracts;

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
