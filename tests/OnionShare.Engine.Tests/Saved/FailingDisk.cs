using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>The real disk, until it is full or read-only.</summary>
internal sealed class FailingDisk : IStoreDisk
{
    private readonly StoreDisk _disk = new();

    /// <summary>Nothing can be written; what is there can be taken away.</summary>
    public bool IsFull { get; set; }

    /// <summary>Nothing can be changed.</summary>
    public bool IsReadOnly { get; set; }

    public IReadOnlyList<string> Names(string folder) => _disk.Names(folder);

    public byte[]? Read(string path) => _disk.Read(path);

    public void MakeFolder(string path) => _disk.MakeFolder(path);

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        if (IsFull || IsReadOnly) throw new IOException("No space left on device");
        _disk.Write(path, content);
    }

    public void Replace(string from, string to) => _disk.Replace(from, to);

    public void Delete(string path)
    {
        if (IsReadOnly) throw new IOException("Read-only file system");
        _disk.Delete(path);
    }

    public void FlushFolder(string folder) => _disk.FlushFolder(folder);
}
