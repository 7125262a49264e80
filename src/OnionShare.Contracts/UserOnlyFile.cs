using System.ComponentModel;
using System.Runtime.InteropServices;

namespace OnionShare.Contracts;

/// <summary>
/// Files that only this user can read: mode 0600; on Windows they inherit the access of their folder, which lies in the user's profile. All
/// methods throw <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </summary>
public static partial class UserOnlyFile
{
    /// <summary>The ending of a file that is still being written.</summary>
    public const string Unfinished = ".new";

    /// <summary>0600.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How to open a file that is user-only from its first moment: a mode set afterwards would leave a moment in between.</summary>
    public static FileStreamOptions Options(
        FileMode mode, FileAccess access = FileAccess.Write, FileShare share = FileShare.Read, UnixFileMode permissions = Mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = permissions;
        return options;
    }

    /// <summary>Opens a file, made when it is not there, that nobody else can open meanwhile.</summary>
    public static FileStream Hold(string path) => new(path, Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));

    /// <summary>Makes a file in place of one that is there. It is written without a buffer.</summary>
    public static FileStream Create(string path)
    {
        // Never written through a link or into a file with other permissions that somebody left there.
        File.Delete(path);
        return CreateNew(path);
    }

    /// <summary>Makes a file where none is; it fails when one is there. It is written without a buffer.</summary>
    public static FileStream CreateNew(string path, FileShare share = FileShare.Read)
    {
        var options = Options(FileMode.CreateNew, share: share);
        options.BufferSize = 0;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Writes beside the file, renames over it, and waits for both, so that whenever the power goes there is the old or the new one, whole.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        WriteThrough(path + Unfinished, content);
        Replace(path + Unfinished, path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Makes a file in place of one that is there, and waits until its content is on the disk.</summary>
    public static void WriteThrough(string path, ReadOnlySpan<byte> content)
    {
        using var file = Create(path);
        file.Write(content);
        file.Flush(flushToDisk: true); // fsync; F_FULLFSYNC on macOS; FlushFileBuffers on Windows
    }

    /// <summary>Renames a file, in place of one that is there, all at once.</summary>
    public static void Replace(string from, string to)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.Move(from, to, overwrite: true); // rename(2)
            return;
        }

        const int replaceExisting = 1, writeThrough = 8;
        if (!MoveFileEx(from, to, replaceExisting | writeThrough)) throw new IOException(new Win32Exception(Marshal.GetLastPInvokeError()).Message);
    }

    /// <summary>Waits until the names in a folder, as they are now, are on the disk.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // it has no such thing for folders: there, Replace has waited already
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
