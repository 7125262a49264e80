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
            return FileFault.None;
        }

        stat = default;
        return FaultOf(Marshal.GetLastPInvokeError());
    }

    public override FileStat Stat(SafeFileHandle handle)
    {
        byte empty = 0;
        return StatX(handle, ref empty, EmptyPath, BasicStats, out var raw) == 0
            ? StatOf(raw)
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
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
        FileStat.TicksOf(raw.Changed.Seconds, raw.Changed.Nanoseconds));

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatX(int folder, ref byte path, int flags, uint mask, out RawStat stat);

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static extern int StatX(SafeFileHandle handle, ref byte path, int flags, uint mask, out RawStat stat);

    [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static extern nint ReadLink(ref byte path, ref byte target, nint size);

    /// <summary>struct statx, the fields used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawStat
    {
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(96)] public Timestamp Changed;
        [FieldOffset(112)] public Timestamp Modified;
    }

    [StructLayout(LayoutKind.Sequential, Size = 16)]
    private struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
    }
}
