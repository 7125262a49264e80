using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>How the engine is run: the command to which a verb is added, and the environment variables it needs.</summary>
/// <param name="Command">The program and its first arguments; absolute paths.</param>
/// <param name="Environment">Variables to set; an empty value takes one away.</param>
public sealed record EngineLaunch(IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment)
{
    private const string Hooks = "DOTNET_STARTUP_HOOKS";
    private const uint NewProcessGroup = 0x200;
    private const uint UnicodeEnvironment = 0x400;
    private const uint NoWindow = 0x0800_0000;

    // Any program of the user could attach to the runtime's diagnostic port, which besides leaves sockets in the temp folder. The rest is what
    // onionshare-engine.runtimeconfig.json says where the engine is a program of its own.
    private static readonly Dictionary<string, string> Runtime = new()
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    /// <summary>
    /// The engine in a second process of somebody's PowerShell. .NET runs it before PowerShell is set up (a startup hook); where the host forbids
    /// that, PowerShell reads the script of the command line, which does the same.
    /// </summary>
    /// <param name="powerShell">The command of the PowerShell: its executable, or dotnet and pwsh.dll.</param>
    /// <param name="folder">The engine's folder in the module.</param>
    public static EngineLaunch InPowerShell(IReadOnlyList<string> powerShell, string folder)
    {
        var hook = Path.Combine(folder, "OnionShare.Host.dll");
        return new EngineLaunch(
            [.. powerShell, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", Path.Combine(folder, "engine.ps1")],
            new Dictionary<string, string>(Runtime)
            {
                // A list: a path with its separator can't be in it.
                [Hooks] = hook.Contains(Path.PathSeparator) ? "" : hook,
                // What PowerShell does at its start where the script is read: it tells Microsoft, and listens for other processes of the user.
                ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
                ["POWERSHELL_DIAGNOSTICS_OPTOUT"] = "1",
            });
    }

    /// <summary>The engine as a program of its own.</summary>
    public static EngineLaunch Own(params IReadOnlyList<string> command) => new(command, new Dictionary<string, string>(Runtime) { [Hooks] = "" });

    /// <summary>Starts a verb that ends with this process's wish: in the same console, or with its standard streams redirected (UTF-8).</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program can't be run.</exception>
    public Process StartBeside(IEnumerable<string> arguments, bool redirect)
    {
        var start = new ProcessStartInfo(Command[0], [.. Command.Skip(1), .. arguments])
        {
            RedirectStandardInput = redirect,
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
            StandardOutputEncoding = redirect ? Encoding.UTF8 : null,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value.Length > 0 ? value : null;
        return Process.Start(start)!;
    }

    /// <summary>
    /// Starts a verb that is to outlive the process that does so. It gets nothing of this one's: no terminal, no standard stream (a pipe behind the shell
    /// would otherwise stay open as long as the engine lives). On Unix what it writes can be read; on Windows it goes nowhere.
    /// </summary>
    /// <exception cref="Win32Exception">The program can't be run.</exception>
    public Process StartDetached(params IEnumerable<string> arguments)
    {
        string[] command = [.. Command, .. arguments];
        var folder = Path.GetPathRoot(System.Environment.CurrentDirectory)!;
        if (OperatingSystem.IsWindows()) return StartOnWindows(command, Environment, folder);
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value.Length > 0 ? value : null;
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
        foreach (System.Collections.DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
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
