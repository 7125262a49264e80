using System.Reflection;

namespace OnionShare.Cmdlets.Engine;

/// <summary>Finds the engine, and the PowerShell on whose .NET it runs.</summary>
internal static class EngineProgram
{
    /// <summary>Names another engine: the path of its program or of its dll. For tests.</summary>
    public const string Variable = "ONIONSHARE_ENGINE";

    private const string ConsoleHost = "Microsoft.PowerShell.ConsoleHost";

    /// <summary>The module's version, which the engine's has to be.</summary>
    public static string Version { get; } = typeof(EngineProgram).Assembly.GetName().Version!.ToString(3);

    private static string Folder =>
        Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(typeof(EngineProgram).Assembly.Location))!, "engine");

    /// <summary>How to run it: on the .NET of this session's PowerShell.</summary>
    /// <exception cref="ProblemException">The engine, or a PowerShell that can run it, is not there.</exception>
    public static EngineLaunch Launch()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } set && !string.IsNullOrWhiteSpace(set)) return Named(Path.GetFullPath(set));
        var folder = Folder;
        return File.Exists(Path.Combine(folder, "onionshare-engine.dll"))
            ? EngineLaunch.InPowerShell(PowerShell(), folder)
            : throw NotFound($"The engine is missing from {folder}.", "Install the module again; from the sources, run dotnet build.", folder);
    }

    private static EngineLaunch Named(string path)
    {
        if (!File.Exists(path)) throw NotFound($"{Variable} names the engine {path}, which does not exist.", "Correct or clear the variable.", path);
        return path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? EngineLaunch.Own(Dotnet(), path) : EngineLaunch.Own(path);
    }

    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        return RunProgram.Path.Prepend(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "")
            .Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw NotFound($"There is no dotnet on PATH, and {Variable} names a dll that needs it.", "Install the .NET runtime.", name);
    }

    /// <summary>The command that runs this session's PowerShell, absolute paths: its executable, or dotnet and its dll where it was installed as a .NET tool.</summary>
    /// <exception cref="ProblemException">This session has no PowerShell of its own (an application hosts it), and none was found.</exception>
    private static IReadOnlyList<string> PowerShell()
    {
        // $PSHOME
        var home = typeof(PSObject).Assembly.Location is { Length: > 0 } automation ? Path.GetDirectoryName(automation)! : AppContext.BaseDirectory;
        if (Assembly.GetEntryAssembly() is { } entry && Environment.ProcessPath is { } process
            && entry.GetReferencedAssemblies().Any(reference => reference.Name == ConsoleHost))
        {
            return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, entry.Location] : [process];
        }

        return Around(home, SearchedFolders()).FirstOrDefault() is { } executable ? [executable] : throw NotFound(
            $"The engine runs on PowerShell's .NET, and there is no pwsh in {home} nor on PATH.",
            "Install PowerShell 7.6 or later (https://aka.ms/powershell), or run the cmdlets in pwsh itself.", "pwsh");
    }

    /// <summary>Where an application hosts PowerShell: the executables beside that PowerShell, then those people have installed.</summary>
    public static IEnumerable<string> Around(string home, IEnumerable<string> folders) => folders.Prepend(home).Where(Path.IsPathFullyQualified)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh")).Where(File.Exists);

    private static IEnumerable<string> SearchedFolders() => RunProgram.Path.Append(
        OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PowerShell", "7")
        : OperatingSystem.IsMacOS() ? "/usr/local/microsoft/powershell/7"
        : "/opt/microsoft/powershell/7");

    private static ProblemException NotFound(string detail, string advice, string target) =>
        new(LocalCodes.EngineNotFound, detail, advice, target);
}
