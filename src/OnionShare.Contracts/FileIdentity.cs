using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnionShare.Contracts;

/// <summary>
/// Which file or folder of a Unix something is, and whose. Not for Windows: there a folder's access list says who may enter it, and a file that
/// is open does not go away.
/// </summary>
/// <param name="Device">The file system it is on.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Owner">The id of the user it belongs to.</param>
public readonly record struct FileIdentity(ulong Device, ulong Inode, uint Owner)
{
    // statx(2) AT_FDCWD, AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS.
    private const int CurrentFolder = -100, EmptyPath = 0x1000, NoFollow = 0x100, BasicStats = 0x7FF;

    private static readonly bool IsIntelMac = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Whether it belongs to the user this process runs as; root is no exception.</summary>
    public bool IsOwn => Owner == GetEffectiveUserId();

    /// <summary>What is at a path, a link itself; null when there is nothing.</summary>
    public static FileIdentity? Of(string path)
    {
        var name = Encoding.UTF8.GetBytes(path + '\0');
        var raw = new byte[256];
        var result = !OperatingSystem.IsMacOS() ? StatX(CurrentFolder, name, NoFollow, BasicStats, raw)
            : IsIntelMac ? LinkStatIntel(name, raw)
            : LinkStat(name, raw);
        return result == 0 ? Read(raw) : null;
    }

    /// <summary>What is open.</summary>
    /// <exception cref="IOException">It can't be told.</exception>
    public static FileIdentity Of(SafeFileHandle handle)
    {
        var raw = new byte[256];
        var result = !OperatingSystem.IsMacOS() ? StatX(handle, [0], EmptyPath, BasicStats, raw)
            : IsIntelMac ? HandleStatIntel(handle, raw)
            : HandleStat(handle, raw);
        return result == 0 ? Read(raw) : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    // The fields of struct statx, which is the same on every architecture, and of macOS's struct stat with 64-bit inodes.
    private static FileIdentity Read(ReadOnlySpan<byte> raw) => OperatingSystem.IsMacOS()
        ? new FileIdentity(BitConverter.ToUInt32(raw), BitConverter.ToUInt64(raw[8..]), BitConverter.ToUInt32(raw[16..]))
        : new FileIdentity(BitConverter.ToUInt64(raw[136..]), BitConverter.ToUInt64(raw[32..]), BitConverter.ToUInt32(raw[20..]));

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int folder, byte[] path, int flags, int mask, byte[] raw);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(SafeFileHandle handle, byte[] path, int flags, int mask, byte[] raw);

    [DllImport("libc", EntryPoint = "lstat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkStat(byte[] path, byte[] raw);

    [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkStatIntel(byte[] path, byte[] raw);

    [DllImport("libc", EntryPoint = "fstat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int HandleStat(SafeFileHandle handle, byte[] raw);

    [DllImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int HandleStatIntel(SafeFileHandle handle, byte[] raw);
}
