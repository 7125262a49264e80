using System.Buffers;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnionShare.Engine.Files.Native;

/// <summary>What Linux and macOS have in common (POSIX.1-2017: open, access, realpath).</summary>
internal abstract class UnixFiles(int openFlags) : NativeFiles
{
    private const int TypeMask = 0xF000;
    private const int Interrupted = 4;
    private const int PathMax = 4096;
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public override SafeFileHandle Open(string path)
    {
        using var name = new PathBytes(path);
        int descriptor;
        do descriptor = Open(ref name.First, openFlags);
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (descriptor >= 0) return new SafeFileHandle(descriptor, ownsHandle: true);

        var error = Marshal.GetLastPInvokeError();
        var message = Marshal.GetPInvokeErrorMessage(error);
        throw FaultOf(error) switch
        {
            FileFault.Denied => new UnauthorizedAccessException(message),
            FileFault.NotFound => new FileNotFoundException(message, path),
            _ => new IOException(message),
        };
    }

    public override string? RealPath(string path)
    {
        using var name = new PathBytes(path);
        var resolved = ArrayPool<byte>.Shared.Rent(PathMax + 1);
        try
        {
            if (RealPath(ref name.First, ref resolved[0]) == 0) return null;
            return Encoding.UTF8.GetString(resolved, 0, Array.IndexOf(resolved, (byte)0));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(resolved);
        }
    }

    public override bool CanRead(string path, FileKind kind)
    {
        const int execute = 1, read = 4;
        using var name = new PathBytes(path);
        return Access(ref name.First, kind == FileKind.Folder ? read | execute : read) == 0;
    }

    public override IEnumerable<FoundFile> List(string folder)
    {
        var prefix = folder.EndsWith('/') ? folder : folder + "/";
        var names = new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), Everything);
        foreach (var name in names)
            yield return new FoundFile(name, TryStat(prefix + name, followLinks: false, out var stat), stat);
    }

    /// <summary>Sorts an errno; these have the same numbers on Linux and macOS.</summary>
    protected static FileFault FaultOf(int error) => error switch
    {
        2 or 20 => FileFault.NotFound, // ENOENT, ENOTDIR
        1 or 13 => FileFault.Denied, // EPERM, EACCES
        _ => FileFault.Other,
    };

    /// <summary>Makes a state out of the fields of <c>struct stat</c>.</summary>
    protected static FileStat StatOf(int mode, long size, long modifiedTicks, long changedTicks, ulong number)
    {
        var kind = (mode & TypeMask) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            _ => FileKind.Special,
        };
        return new FileStat(kind, kind == FileKind.File ? size : 0, modifiedTicks, changedTicks, (UnixFileMode)(mode & 0x1FF))
        {
            Number = kind == FileKind.File ? number : 0,
        };
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(ref byte path, int flags);

    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    private static extern int Access(ref byte path, int mode);

    [DllImport("libc", EntryPoint = "realpath", SetLastError = true)]
    private static extern nint RealPath(ref byte path, ref byte resolved);

    /// <summary>A path as the system takes it: UTF-8 with a zero at the end.</summary>
    protected readonly struct PathBytes : IDisposable
    {
        private readonly byte[] _bytes;

        public PathBytes(string path)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(path.Length) + 1);
            _bytes[Encoding.UTF8.GetBytes(path, _bytes)] = 0;
        }

        public ref byte First => ref _bytes[0];

        public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);
    }
}
