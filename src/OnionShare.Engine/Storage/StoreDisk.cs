using System.ComponentModel;
using System.Runtime.InteropServices;

namespace OnionShare.Engine.Storage;

internal sealed partial class StoreDisk : IStoreDisk
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
        if (Directory.Exists(path))
        {
            PrivateFolder.Ensure(path);
            return;
        }

        PrivateFolder.Ensure(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    public void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = PrivateFolder.CreateFile(path);
        file.Write(content);
        file.Flush(flushToDisk: true); // fsync; F_FULLFSYNC on macOS; FlushFileBuffers on Windows
    }

    public void Replace(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.Move(from, to, overwrite: true); // rename(2)
            return;
        }

        const int replaceExisting = 1, writeThrough = 8;
        if (!MoveFileEx(from, to, replaceExisting | writeThrough)) throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
    }

    public void Delete(string path) => File.Delete(path);

    // Windows has no such thing for folders: there, Replace has waited already.
    public void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, 0); // O_RDONLY
        if (descriptor < 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        var error = Flush(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();
        _ = Close(descriptor);

        // EINVAL: the file system keeps its names by other means.
        if (error is not 0 and not 22) throw new IOException(Marshal.GetPInvokeErrorMessage(error));
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("kernel32", EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool MoveFileEx(string from, string to, int flags);
}
