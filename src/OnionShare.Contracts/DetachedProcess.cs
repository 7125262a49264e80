using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>
/// Starts an engine that is to outlive the process that does so. It gets nothing of this one's: no terminal, no standard stream (a pipe behind
/// the shell would otherwise stay open as long as the engine lives).
/// </summary>
public static class DetachedProcess
{
    private const uint NewProcessGroup = 0x200;
    private const uint UnicodeEnvironment = 0x400;
    private const uint NoWindow = 0x0800_0000;

    /// <summary>Starts it. On Unix what it writes can be read; on Windows it goes nowhere.</summary>
    /// <exception cref="Win32Exception">The program can't be run.</exception>
    public static Process Start(EngineLaunch launch, params IEnumerable<string> arguments)
    {
        string[] command = [.. launch.Command, .. arguments];
        var folder = Path.GetPathRoot(Environment.CurrentDirectory)!;
        if (OperatingSystem.IsWindows()) return StartOnWindows(command, launch.Environment, folder);
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in launch.Environment) start.Environment[name] = value.Length > 0 ? value : null;
        var process = Process.Start(start) ?? throw new Win32Exception("no process was made");
        process.StandardInput.Close();
        return process;
    }

    // Process.Start passes on every handle that can be inherited, or, through the shell, no environment.
    private static Process StartOnWindows(string[] command, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var startup = new StartupInfo { Size = Marshal.SizeOf<StartupInfo>() };
        if (!CreateProcess(
            null, new StringBuilder(WindowsArguments.Join(command)), 0, 0, false, NewProcessGroup | UnicodeEnvironment | NoWindow,
            EnvironmentBlock(environment), folder, ref startup, out var made))
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        try
        {
            var process = Process.GetProcessById(made.ProcessId);
            // Opened now, while the id can't be another's, so that the exit code can be had later.
            _ = process.SafeHandle;
            return process;
        }
        catch (ArgumentException ended)
        {
            throw new Win32Exception("it ended at once", ended);
        }
        finally
        {
            CloseHandle(made.Thread);
            CloseHandle(made.Process);
        }
    }

    private static string EnvironmentBlock(IReadOnlyDictionary<string, string> changes)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        foreach (var (name, value) in changes)
        {
            if (value.Length > 0) variables[name] = value;
            else variables.Remove(name);
        }

        return string.Concat(variables.Select(variable => $"{variable.Key}={variable.Value}\0")) + '\0';
    }

    [DllImport("kernel32", EntryPoint = "CreateProcessW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CreateProcess(
        string? application, StringBuilder commandLine, nint processSecurity, nint threadSecurity,
        [MarshalAs(UnmanagedType.Bool)] bool inheritHandles, uint flags, string environment, string folder, ref StartupInfo startup,
        out ProcessInformation made);

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CloseHandle(nint handle);

    // STARTUPINFOW of processthreadsapi.h: all but its size is left at zero.
    [StructLayout(LayoutKind.Sequential)]
    private struct StartupInfo
    {
        public int Size;
        public nint Reserved, Desktop, Title;
        public int X, Y, Width, Height, Columns, Rows, Fill, Flags;
        public short ShowWindow, Reserved2Size;
        public nint Reserved2, Input, Output, Error;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ProcessInformation
    {
        public nint Process, Thread;
        public int ProcessId, ThreadId;
    }
}
