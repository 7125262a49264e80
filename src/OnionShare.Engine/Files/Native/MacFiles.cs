using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnionShare.Engine.Files.Native;

/// <summary>macOS: stat(2) with 64-bit inodes and fcntl(2) F_GETPATH.</summary>
internal sealed class MacFiles() : UnixFiles(CloseOnExec | NonBlocking | NoControllingTerminal)
{
    private const int NonBlocking = 0x4, NoControllingTerminal = 0x20000, CloseOnExec = 0x1000000;
    private const int GetPath = 50;
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public override FileFault TryStat(string path, bool followLinks, out FileStat stat)
    {
        using var name = new PathBytes(path);
        RawStat raw;
        var result = (followLinks, IsArm) switch
        {
            (true, true) => StatArm(ref name.First, out raw),
            (true, false) => StatIntel(ref name.First, out raw),
            (false, true) => LinkStatArm(ref name.First, out raw),
            (false, false) => LinkStatIntel(ref name.First, out raw),
        };
        stat = result == 0 ? StatOf(raw) : default;
        return result == 0 ? FileFault.None : FaultOf(Marshal.GetLastPInvokeError());
    }

    public override FileStat Stat(SafeFileHandle handle) =>
        (IsArm ? HandleStatArm(handle, out var raw) : HandleStatIntel(handle, out raw)) == 0
            ? StatOf(raw)
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());

    public override string RealPath(SafeFileHandle handle)
    {
        var path = new byte[4096];
        var result = IsArm ? FcntlArm(handle, GetPath, 0, 0, 0, 0, 0, 0, ref path[0]) : FcntlIntel(handle, GetPath, ref path[0]);
        return result == 0
            ? Encoding.UTF8.GetString(path, 0, Array.IndexOf(path, (byte)0))
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    private static FileStat StatOf(in RawStat raw) =>
        StatOf(raw.Mode, raw.Size, FileStat.TicksOf(raw.ModifiedSeconds, raw.ModifiedNanoseconds), changedTicks: 0, raw.Links == 0 ? 0 : raw.Number);

    [DllImport("libc", EntryPoint = "stat", SetLastError = true)]
    private static extern int StatArm(ref byte path, out RawStat stat);

    [DllImport("libc", EntryPoint = "stat$INODE64", SetLastError = true)]
    private static extern int StatIntel(ref byte path, out RawStat stat);

    [DllImport("libc", EntryPoint = "lstat", SetLastError = true)]
    private static extern int LinkStatArm(ref byte path, out RawStat stat);

    [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
    private static extern int LinkStatIntel(ref byte path, out RawStat stat);

    [DllImport("libc", EntryPoint = "fstat", SetLastError = true)]
    private static extern int HandleStatArm(SafeFileHandle handle, out RawStat stat);

    [DllImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static extern int HandleStatIntel(SafeFileHandle handle, out RawStat stat);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int FcntlIntel(SafeFileHandle handle, int command, ref byte path);

    // fcntl is variadic, and on Apple's arm64 variadic arguments are on the stack: six fillers use up the registers.
    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static extern int FcntlArm(
        SafeFileHandle handle, int command, nint filler2, nint filler3, nint filler4, nint filler5, nint filler6, nint filler7, ref byte path);

    /// <summary>struct stat with 64-bit inodes, the fields used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct RawStat
    {
        [FieldOffset(4)] public ushort Mode;
        [FieldOffset(6)] public ushort Links;
        [FieldOffset(8)] public ulong Number;
        [FieldOffset(48)] public long ModifiedSeconds;
        [FieldOffset(56)] public long ModifiedNanoseconds;
        [FieldOffset(96)] public long Size;
    }
}
