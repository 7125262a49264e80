using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

internal static class EngineProgram
{
    /// <summary>Names another engine: the path of its program or of its dll. For tests.</summary>
    public const string Variable = "ONIONSHARE_ENGINE";

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
            ? EngineLaunch.InPowerShell(PowerShellProgram.Find(), folder)
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

    private static ProblemException NotFound(string detail, string advice, string target) =>
        new(LocalCodes.EngineNotFound, detail, advice, target);
}
