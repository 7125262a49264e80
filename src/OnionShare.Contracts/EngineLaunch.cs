using System.Diagnostics;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>How the engine is run: the command to which a verb is added, and the environment variables it needs.</summary>
/// <param name="Command">The program and its first arguments; absolute paths.</param>
/// <param name="Environment">Variables to set; an empty value takes one away.</param>
public sealed record EngineLaunch(IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Environment)
{
    private const string Hooks = "DOTNET_STARTUP_HOOKS";

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
}
