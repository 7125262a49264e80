using System.Reflection;

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
        var engine = new EngineAssemblies(folder).LoadFromAssemblyName(new AssemblyName("onionshare-engine"));
        Assembly.SetEntryAssembly(engine);
        return (int)engine.EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null)!;
    }
}
