using Microsoft.Win32.SafeHandles;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

public enum OpenOutcome
{
    Opened,
    NotFound,
    Folder,

    /// <summary>It may not be read.</summary>
    Unreadable,

    /// <summary>It leads out of the roots, is a pipe or device, or the path is none a visitor may send.</summary>
    Refused,
}

/// <summary>
/// The files and folders a person chose to share, and the one door to what is in them. Links are followed while they stay inside the
/// roots. That is checked on the opened handle, so a link swapped between any check and the opening gains nothing.
/// </summary>
public sealed class SharedRoots
{
    private readonly NativeFiles _files;
    private readonly string[] _roots;

    /// <summary>Roots at these existing paths; a path that is a link stands for what it leads to.</summary>
    /// <exception cref="IOException">One of them is not there.</exception>
    public SharedRoots(params IEnumerable<string> paths)
        : this(NativeFiles.Current, paths)
    {
    }

    internal SharedRoots(NativeFiles files, IEnumerable<string> paths)
    {
        _files = files;
        _roots = [.. paths.Select(path => files.RealPath(path) ?? throw new FileNotFoundException(null, path))];
    }

    public IReadOnlyList<string> Paths => _roots;

    /// <summary>Whether a path without links in it is one of the roots or inside one.</summary>
    public bool Contains(string realPath)
    {
        foreach (var root in _roots)
        {
            if (IsWithin(root, realPath)) return true;
        }

        return false;
    }

    /// <summary>Whether a path without links in it is a certain root or inside it.</summary>
    internal static bool IsWithin(string root, string realPath)
    {
        if (!realPath.StartsWith(root, StringComparison.Ordinal)) return false;
        return realPath.Length == root.Length || Path.EndsInDirectorySeparator(root) || realPath[root.Length] == Path.DirectorySeparatorChar;
    }

    /// <summary>
    /// Opens the file at a URL-decoded path below the first root (see <see cref="RelativePath.TrySplit(string, out string[])"/> for what is
    /// refused at once).
    /// </summary>
    public OpenOutcome TryOpen(string relativePath, out ContainedFile? file)
    {
        file = null;
        if (!RelativePath.TrySplit(relativePath, out var names)) return OpenOutcome.Refused;
        var outcome = TryOpenPath(Path.Join([_roots[0], .. names]), out file);
        if (outcome != OpenOutcome.Opened || !RelativePath.IsOfFolder(relativePath)) return outcome;

        file!.Dispose();
        file = null;
        return OpenOutcome.NotFound;
    }

    public OpenOutcome TryOpenPath(string path, out ContainedFile? file)
    {
        file = null;
        switch (_files.TryStat(path, followLinks: true, out var seen))
        {
            case FileFault.NotFound: return OpenOutcome.NotFound;
            case FileFault.Denied: return OpenOutcome.Unreadable;
            case FileFault.Other: return OpenOutcome.Refused;
            case FileFault.None when seen.Kind == FileKind.Special: return OpenOutcome.Refused;
            case FileFault.None when seen.Kind == FileKind.Folder:
                return _files.RealPath(path) is { } real && Contains(real) ? OpenOutcome.Folder : OpenOutcome.Refused;
        }

        try
        {
            return TryContain(_files.Open(path), path, out file);
        }
        catch (UnauthorizedAccessException)
        {
            return OpenOutcome.Unreadable;
        }
        catch (FileNotFoundException)
        {
            return OpenOutcome.NotFound;
        }
        catch (IOException)
        {
            return OpenOutcome.Unreadable;
        }
    }

    /// <summary>
    /// Lists the folder at an absolute path, links not followed. On Linux the opened folder is checked and listed; elsewhere, where an
    /// opened folder can't be listed, a folder that is not where it was before the listing counts as refused.
    /// </summary>
    /// <returns><see cref="OpenOutcome.Folder"/> when it was listed.</returns>
    internal OpenOutcome TryList(string path, out string realPath, out IReadOnlyList<FoundFile> found)
    {
        (realPath, found) = ("", []);
        var files = _files;
        try
        {
            if (files.TryStat(path, followLinks: true, out var stat) != FileFault.None) return OpenOutcome.NotFound;
            if (stat.Kind != FileKind.Folder) return OpenOutcome.NotFound;
            if (OperatingSystem.IsLinux())
            {
                using var folder = files.Open(path);
                realPath = files.RealPath(folder);
                if (!Contains(realPath)) return OpenOutcome.Refused;
                found = [.. files.List($"/proc/self/fd/{folder.DangerousGetHandle()}")];
                return OpenOutcome.Folder;
            }

            realPath = files.RealPath(path) ?? "";
            if (!Contains(realPath)) return OpenOutcome.Refused;
            IReadOnlyList<FoundFile> seen = [.. files.List(realPath)];
            if (files.RealPath(path) != realPath || files.RealPath(realPath) != realPath) return OpenOutcome.Refused;
            found = seen;
            return OpenOutcome.Folder;
        }
        catch (UnauthorizedAccessException)
        {
            return OpenOutcome.Unreadable;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return OpenOutcome.NotFound;
        }
        catch (IOException)
        {
            return OpenOutcome.Unreadable;
        }
    }

    /// <summary>Opens a file that was seen before and must still be what it was.</summary>
    /// <exception cref="ContentChangedException">It is not.</exception>
    public ContainedFile OpenAsSeen(string path, in FileStat seen)
    {
        var outcome = TryOpenPath(path, out var file);
        if (outcome == OpenOutcome.Opened && file!.Stat.HasBytesOf(seen)) return file;

        file?.Dispose();
        throw outcome switch
        {
            OpenOutcome.Opened or OpenOutcome.Folder => ContainedFile.Changed(path),
            OpenOutcome.NotFound => new ContentChangedException(
                $"'{RemoteText.Show(path)}' is gone. Put it back, or stop the share and start it again.")
            { Path = path },
            OpenOutcome.Unreadable => new ContentChangedException(
                $"'{RemoteText.Show(path)}' can't be read. Check its permissions, and that no program has locked it.")
            { Path = path },
            _ => new ContentChangedException(
                $"'{RemoteText.Show(path)}' now leads out of what is shared and was not opened. Stop the share and start it again.")
            { Path = path },
        };
    }

    /// <summary>Takes an opened handle over if it is a regular file inside the roots, and closes it otherwise.</summary>
    internal OpenOutcome TryContain(SafeFileHandle handle, string path, out ContainedFile? file)
    {
        file = null;
        try
        {
            var stat = _files.Stat(handle);
            if (stat.Kind == FileKind.Folder) return OpenOutcome.Folder;
            if (stat.Kind != FileKind.File) return OpenOutcome.Refused;
            var realPath = _files.RealPath(handle);
            if (!Contains(realPath)) return OpenOutcome.Refused;
            file = new ContainedFile(handle, path, realPath, stat);
            return OpenOutcome.Opened;
        }
        finally
        {
            if (file is null) handle.Dispose();
        }
    }
}
