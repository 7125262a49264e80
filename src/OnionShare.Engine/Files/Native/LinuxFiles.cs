using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace OnionShare.Engine.Files.Native;

/// <summary>Linux: statx(2), whose structure is the same on every architecture, and /proc/self/fd (proc(5)).</summary>
internal sealed class LinuxFiles() : UnixFiles(CloseOnExec | NonBlocking | NoControllingTerminal)
{
    private const int NoControllingTerminal = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int CurrentFolder = -100, NoFollow = 0x100, EmptyPath = 0x1000;
    private const uint BasicStats = 0x7FF;

    public override FileFault TryStat(string path, bool followLinks, out FileStat stat)
    {
        using var name = new PathBytes(path);
        if (StatX(CurrentFolder, ref name.First, followLinks ? 0 : NoFollow, BasicStats, out var raw) == 0)
        {
            stat = StatOf(raw);
            if (stat.Number != 0 && (StatFs(ref name.First, out var system) != 0 || !KeepsNumbers(system.Type))) stat = stat with { Number = 0 };
            return FileFault.None;
        }

        stat = default;
        return FaultOf(Marshal.GetLastPInvokeError());
    }

    public override FileStat Stat(SafeFileHandle handle)
    {
        byte empty = 0;
        if (StatX(handle, ref empty, EmptyPath, BasicStats, out var raw) != 0) throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        var stat = StatOf(raw);
        return stat.Number != 0 && (StatFs(handle, out var system) != 0 || !KeepsNumbers(system.Type)) ? stat with { Number = 0 } : stat;
    }

    public override string RealPath(SafeFileHandle handle)
    {
        using var link = new PathBytes("/proc/self/fd/" + handle.DangerousGetHandle());
        Span<byte> target = stackalloc byte[4096];
        var length = ReadLink(ref link.First, ref target[0], target.Length);
        return length > 0 && length < target.Length
            ? Encoding.UTF8.GetString(target[..(int)length])
            : throw new IOException("/proc/self/fd can't be read, so it can't be told where an opened file is.");
    }

    private static FileStat StatOf(in RawStat raw) => StatOf(
        raw.Mode,
        (long)raw.Size,
        FileStat.TicksOf(raw.Modified.Seconds, raw.Modified.Nanoseconds),
        FileStat.TicksOf(raw.Changed.Seconds, raw.Changed.Nanoseconds),
        raw.Links == 0 ? 0 : raw.Number);

    // These give a file another number once they have forgotten it: FAT, exFAT, FUSE, SMB (three of them), 9P. Magic numbers of linux/magic.h.
    private static bool KeepsNumbers(long system) =>
        (system & 0xFFFFFFFF) is not (0x4D44 or 0x2011BAB0 or 0x65735546 or 0x517B or 0xFE534D42 or 0xFF534D42 or 0x01021997);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatX(int folder, ref byte path, int flags, uint mask, out RawStat stat);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatX(SafeFileHandle handle, ref byte path, int flags, uint mask, out RawStat stat);

    [DllImport("libc", EntryPoint = "statfs", SetLastError = true)]
    private static extern int StatFs(ref byte path, out RawFileSystem system);

    [DllImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static extern int StatFs(SafeFileHandle handle, out RawFileSystem system);

    [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static extern nint ReadLink(ref byte path, ref byte target, nint size);

    /// <summary>struct statx, the fields used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawStat
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Number;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(96)] public Timestamp Changed;
        [FieldOffset(112)] public Timestamp Modified;
    }

    /// <summary>struct statfs of the 64-bit architectures, the field used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawFileSystem
    {
        [FieldOffset(0)] public long Type;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
    }
}
