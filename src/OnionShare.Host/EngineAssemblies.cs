using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace OnionShare.Host;

/// <summary>
/// The engine's assemblies, apart from PowerShell's: first those of this platform (ASP.NET Core), then those of all; .NET's own are PowerShell's.
/// </summary>
internal sealed class EngineAssemblies(string folder) : AssemblyLoadContext("onionshare-engine")
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
