using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>Tells whether a path can be shared, and why not.</summary>
internal static class ShareableFile
{
    // What the kernel makes up as it is read says one of these sizes: 0 in /proc, a page in /sys.
    private const int Page = 4096;

    /// <summary>Looks at a path; a link is followed.</summary>
    /// <returns>Why it can't be shared; null when it can.</returns>
    public static Problem? Look(string path, out FileStat stat, out string realPath)
    {
        realPath = "";
        switch (NativeFiles.Current.TryStat(path, followLinks: true, out stat))
        {
            case FileFault.NotFound:
                return new Problem(
                    ProblemCodes.PathNotFound,
                    NativeFiles.Current.TryStat(path, followLinks: false, out _) == FileFault.None
                        ? $"'{RemoteText.Show(path)}' is a link to something that is not there."
                        : $"'{RemoteText.Show(path)}' was not found.",
                    NativeFiles.Current.TryStat(path, followLinks: false, out _) == FileFault.None
                        ? "Remove the link, or make it lead to a file or folder."
                        : "Check the spelling.",
                    path);
            case not FileFault.None:
                return NotReadable(path);
        }

        if (stat.Kind is not (FileKind.File or FileKind.Folder))
        {
            return new Problem(
                ProblemCodes.PathNotShareable,
                $"'{RemoteText.Show(path)}' is neither a file nor a folder, but a pipe, socket or device.",
                "Write what comes out of it to a file and share that.",
                path);
        }

        if (!NativeFiles.Current.CanRead(path, stat.Kind) || NativeFiles.Current.RealPath(path) is not { } real) return NotReadable(path);
        realPath = real;
        if (!HasOtherSize(real, stat)) return null;
        return new Problem(
            ProblemCodes.PathNotShareable,
            $"'{RemoteText.Show(path)}' has no size of its own: the system makes its content when it is read.",
            "Copy it to a file and share that.",
            path);
    }

    /// <summary>The problem of a path that may not be read.</summary>
    public static Problem NotReadable(string path) => new(
        ProblemCodes.PathNotReadable, $"'{RemoteText.Show(path)}' can't be read.", "Check its permissions and those of the folders above it.", path);

    /// <summary>
    /// Whether a file has more or fewer bytes than the system says, as in <c>/proc</c> and <c>/sys</c> (proc(5)): its length could not be promised to
    /// anybody. Only the sizes such files have are looked into.
    /// </summary>
    public static bool HasOtherSize(string path, in FileStat stat)
    {
        if (!OperatingSystem.IsLinux() || stat is not { Kind: FileKind.File, Length: 0 or Page }) return false;
        try
        {
            using var file = NativeFiles.Current.Open(path);
            Span<byte> one = stackalloc byte[1];
            return stat.Length == 0 ? RandomAccess.Read(file, one, 0) > 0 : RandomAccess.Read(file, one, stat.Length - 1) == 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // Whoever reads it will be told; what can't be read has no size to be wrong.
            return false;
        }
    }
}
