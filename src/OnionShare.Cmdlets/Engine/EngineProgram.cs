using System.Diagnostics;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

internal static class EngineProgram
{
    /// <summary>Names another engine: the path of its program or of its dll. For tests.</summary>
    public const string Variable = "ONIONSHARE_ENGINE";

    private const string Name = "onionshare-engine";

    /// <summary>How to run <c>serve</c>: the engine's own executable, else its dll with dotnet.</summary>
    public static ProcessStartInfo Serve()
    {
        var program = Find();
        var isLibrary = program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(isLibrary ? "dotnet" : program) { WorkingDirectory = Path.GetDirectoryName(program)! };
        if (isLibrary) start.ArgumentList.Add(program);
        start.ArgumentList.Add("serve");
        return start;
    }

    /// <summary>The command that runs the engine from anywhere, absolute paths only, to which a verb is to be added.</summary>
    /// <exception cref="ProblemException">The engine, or the dotnet it needs, is not there.</exception>
    public static IReadOnlyList<string> Command()
    {
        var program = Find();
        return program.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? [Dotnet(), program] : [program];
    }

    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Prepend(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "");
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw NotFound("There is no dotnet on PATH, and the engine is a dll that needs it.", "Install the .NET runtime.", name);
    }

    private static string Find()
    {
        var set = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrWhiteSpace(set))
        {
            var path = Path.GetFullPath(set);
            return File.Exists(path)
                ? path
                : throw NotFound($"{Variable} names the engine {path}, which does not exist.", "Correct or clear the variable.", path);
        }

        var module = Path.GetDirectoryName(Path.GetDirectoryName(typeof(EngineProgram).Assembly.Location))!;
        var folder = Path.Combine(module, "engine");
        var executable = Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name);
        if (File.Exists(executable)) return executable;
        var library = Path.Combine(folder, Name + ".dll");
        return File.Exists(library)
            ? library
            : throw NotFound(
                $"The engine is missing from {folder}.", "Install the module again; from the sources, run dotnet build.", folder);
    }

    private static ProblemException NotFound(string detail, string advice, string target) =>
        new(LocalCodes.EngineNotFound, detail, advice, target);
}
