using Microsoft.Win32.SafeHandles;

namespace OnionShare.Engine.Files.Native;

internal enum FileFault
{
    None,
    NotFound,
    Denied,
    Other,
}

/// <summary>One thing found in a folder, not followed if it is a link; the state is there when nothing is at fault.</summary>
internal readonly record struct FoundFile(string Name, FileFault Fault, FileStat Stat);

/// <summary>
/// What the base class library does not tell: whether a path is a pipe or device, and where an opened handle really is. Opening here
/// never blocks, even if the path has become a pipe since it was looked at.
/// </summary>
internal abstract class NativeFiles
{
    public static NativeFiles Current { get; } =
        OperatingSystem.IsWindows() ? new WindowsFiles() : OperatingSystem.IsMacOS() ? new MacFiles() : new LinuxFiles();

    /// <summary>Looks at a path; a link at its end is followed or not.</summary>
    public abstract FileFault TryStat(string path, bool followLinks, out FileStat stat);

    /// <exception cref="IOException">The file system does not answer.</exception>
    public abstract FileStat Stat(SafeFileHandle handle);

    /// <exception cref="IOException">It is not there or can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public abstract SafeFileHandle Open(string path);

    /// <summary>Where an opened file is, with no link left in the path.</summary>
    /// <exception cref="IOException">The system does not tell.</exception>
    public abstract string RealPath(SafeFileHandle handle);

    /// <summary>Where a path leads, with no link left in it; null when nothing is there or it can't be told.</summary>
    public abstract string? RealPath(string path);

    /// <summary>Whether this process may read it, as far as that can be told without opening it.</summary>
    public abstract bool CanRead(string path, FileKind kind);

    /// <summary>What is in a folder, in no order.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public abstract IEnumerable<FoundFile> List(string folder);
}
