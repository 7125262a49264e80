using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OnionShare.Engine.Files.Native;

/// <summary>Windows: attributes, and GetFinalPathNameByHandle for where a handle is.</summary>
internal sealed class WindowsFiles : NativeFiles
{
    private const UnixFileMode FileMode0644 =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode FolderMode0755 =
        FileMode0644 | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const int DiskFile = 1;
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public override FileFault TryStat(string path, bool followLinks, out FileStat stat)
    {
        stat = default;
        try
        {
            FileSystemInfo file = new FileInfo(path);
            if (!Exists(file)) return FileFault.NotFound;
            if (followLinks && IsLink(file))
            {
                if (file.ResolveLinkTarget(returnFinalTarget: true) is not { } target || !Exists(target)) return FileFault.NotFound;
                file = new FileInfo(target.FullName);
            }

            stat = StatOf(file.Attributes, IsLink(file), LengthOf(file), file.LastWriteTimeUtc);
            return FileFault.None;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileFault.NotFound;
        }
        catch (UnauthorizedAccessException)
        {
            return FileFault.Denied;
        }
        catch (IOException)
        {
            return FileFault.Other;
        }
    }

    public override FileStat Stat(SafeFileHandle handle)
    {
        if (GetFileType(handle) != DiskFile) return new FileStat(FileKind.Special, 0, 0, 0, 0);
        return StatOf(File.GetAttributes(handle), isLink: false, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
    }

    public override SafeFileHandle Open(string path) => File.OpenHandle(
        path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);

    public override string RealPath(SafeFileHandle handle)
    {
        var path = new char[32768];
        var length = GetFinalPathNameByHandle(handle, path, path.Length, flags: 0);
        return length > 0 && length < path.Length
            ? new string(path, 0, length)
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    public override string? RealPath(string path)
    {
        const int shareAll = 7, openExisting = 3, backupSemantics = 0x02000000;
        using var handle = CreateFile(path, access: 0, shareAll, 0, openExisting, backupSemantics, 0);
        return handle.IsInvalid ? null : RealPath(handle);
    }

    /// <summary>Access lists can only be tried, at the price of opening each file: a file that can't be read fails when it is asked for.</summary>
    public override bool CanRead(string path, FileKind kind) => true;

    public override IEnumerable<FoundFile> List(string folder) => new FileSystemEnumerable<FoundFile>(
        folder,
        static (ref FileSystemEntry entry) =>
        {
            var isLink = (entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null;
            return new FoundFile(
                entry.FileName.ToString(), FileFault.None, StatOf(entry.Attributes, isLink, entry.Length, entry.LastWriteTimeUtc.UtcDateTime));
        },
        Everything);

    private static bool Exists(FileSystemInfo file) => (int)file.Attributes != -1;

    // Reparse points that are no links (files in the cloud, deduplicated ones) are read like any file.
    private static bool IsLink(FileSystemInfo file) => (file.Attributes & FileAttributes.ReparsePoint) != 0 && file.LinkTarget is not null;

    private static long LengthOf(FileSystemInfo file) =>
        (file.Attributes & FileAttributes.Directory) == 0 && file is FileInfo { } it ? it.Length : 0;

    private static FileStat StatOf(FileAttributes attributes, bool isLink, long length, DateTime modified)
    {
        var kind = isLink ? FileKind.Link
            : (attributes & FileAttributes.Directory) != 0 ? FileKind.Folder
            : (attributes & FileAttributes.Device) != 0 ? FileKind.Special
            : FileKind.File;
        return new FileStat(
            kind, kind == FileKind.File ? length : 0, modified.Ticks, 0, kind == FileKind.Folder ? FolderMode0755 : FileMode0644);
    }

    [DllImport("kernel32.dll", EntryPoint = "GetFileType", SetLastError = true)]
    private static extern int GetFileType(SafeFileHandle handle);

    [DllImport("kernel32.dll", EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true, CharSet = CharSet.Unicode)]
    private static extern int GetFinalPathNameByHandle(SafeFileHandle handle, [Out] char[] path, int size, int flags);

    [DllImport("kernel32.dll", EntryPoint = "CreateFileW", SetLastError = true, CharSet = CharSet.Unicode)]
    private static extern SafeFileHandle CreateFile(
        string path, int access, int share, nint security, int disposition, int flags, nint template);
}
