using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace OnionShare.Contracts;

/// <summary>A process that owns a service: when it ends, the service goes down.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Start">
/// When it was started, as the system itself keeps it, so that a reused process id is not taken for it, and a clock that is set changes nothing. Only
/// to be compared: Linux, the boot's id and clock ticks since then (proc(5), field 22 of stat); macOS, the time noted at its start; Windows, its
/// creation time.
/// </param>
public sealed record OwnerProcess(int ProcessId, string Start)
{
    public static OwnerProcess Current() => Of(Environment.ProcessId)
        ?? throw new InvalidOperationException("This process is not in the system's list of processes.");

    /// <summary>The process that has that id now; null when none has, or only one that has ended and is not yet waited for.</summary>
    public static OwnerProcess? Of(int processId)
    {
        if (processId <= 0) return null;
        var start = OperatingSystem.IsLinux() ? StartOnLinux(processId)
            : OperatingSystem.IsMacOS() ? StartOnMacOS(processId)
            : StartOnWindows(processId);
        return start is null ? null : new OwnerProcess(processId, start);
    }

    public bool IsAlive() => Of(ProcessId) == this;

    private static string? StartOnLinux(int processId)
    {
        try
        {
            // The name of the program comes second, in parentheses, and may itself hold some.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var isEnded = fields[0] is "Z" or "X";
            return isEnded ? null : $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{fields[19]}";
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // reading it just as it ends is an I/O error, too
        }
    }

    // struct proc_bsdinfo of proc_pidinfo(PROC_PIDTBSDINFO): pbi_status, pbi_start_tvsec and pbi_start_tvusec. (Process.StartTime is
    // reckoned back from the clock there.)
    private static string? StartOnMacOS(int processId)
    {
        const int basicInformation = 3, size = 136, zombie = 5;
        var raw = new byte[size];
        if (GetProcessInformation(processId, basicInformation, 0, raw, size) != size || BitConverter.ToUInt32(raw, 4) == zombie) return null;
        return string.Create(CultureInfo.InvariantCulture, $"{BitConverter.ToUInt64(raw, 120)}.{BitConverter.ToUInt64(raw, 128):000000}");
    }

    private static string? StartOnWindows(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : process.StartTime.ToFileTimeUtc().ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It is not there, ended while it was looked at, or is somebody's whom this user may not look at, as no session of this user is.
            return null;
        }
    }

    [DllImport("libproc", EntryPoint = "proc_pidinfo", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetProcessInformation(int processId, int flavor, ulong argument, byte[] buffer, int size);
}
