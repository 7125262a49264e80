using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace OnionShare.Host;

/// <summary>Runs the engine in this process, whose .NET is PowerShell's.</summary>
public static class EngineHost
{
    private const string Script = "engine.ps1";

    /// <summary>
    /// The engine's arguments in a command line <c>pwsh … -File engine.ps1 ARGUMENTS</c>; null for one that runs something else, which must be let be.
    /// </summary>
    public static string[]? Arguments(string[] commandLine)
    {
        var script = Array.IndexOf(commandLine, "-File") + 1;
        return script > 0 && script < commandLine.Length && Path.GetFileName(commandLine[script]) == Script ? commandLine[(script + 1)..] : null;
    }

    /// <summary>Runs it to its end; returns its exit code.</summary>
    public static int Run(string[] arguments)
    {
        var folder = Path.GetDirectoryName(typeof(EngineHost).Assembly.Location)!;
        var engine = new Assemblies(folder).LoadFromAssemblyName(new AssemblyName("onionshare-engine"));
        Assembly.SetEntryAssembly(engine);
        return (int)engine.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null)!;
    }

    /// <summary>
    /// The engine's assemblies, apart from PowerShell's: first those of this platform (ASP.NET Core), then those of all; .NET's own are PowerShell's.
    /// </summary>
    private sealed class Assemblies(string folder) : AssemblyLoadContext("onionshare-engine")
    {
        private readonly string[] _folders = [Path.Combine(folder, Platform()), folder];

        protected override Assembly? Load(AssemblyName name) =>
            _folders.Select(place => Path.Combine(place, name.Name + ".dll")).FirstOrDefault(File.Exists) is { } path ? LoadFromAssemblyPath(path) : null;

        // As the runtime packs of ASP.NET Core are named. A .NET that a distribution built names itself after the distribution.
        private static string Platform()
        {
            var identifier = RuntimeInformation.RuntimeIdentifier;
            var system = OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : identifier.Contains("musl", StringComparison.Ordinal) || identifier.StartsWith("alpine", StringComparison.Ordinal) ? "linux-musl"
                : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
