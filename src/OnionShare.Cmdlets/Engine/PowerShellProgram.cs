using System.Management.Automation;
using System.Reflection;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>Finds the program of this session's PowerShell, on whose .NET the engine runs.</summary>
internal static class PowerShellProgram
{
    private const string Console = "Microsoft.PowerShell.ConsoleHost";

    /// <summary>The command that runs it, absolute paths: its executable, or dotnet and its dll where it was installed as a .NET tool.</summary>
    /// <exception cref="ProblemException">This session has no PowerShell of its own (an application hosts it), and none was found.</exception>
    public static IReadOnlyList<string> Find()
    {
        // $PSHOME
        var home = typeof(PSObject).Assembly.Location is { Length: > 0 } automation ? Path.GetDirectoryName(automation)! : AppContext.BaseDirectory;
        if (Assembly.GetEntryAssembly() is { } entry && Environment.ProcessPath is { } process
            && entry.GetReferencedAssemblies().Any(reference => reference.Name == Console))
        {
            return Path.GetFileNameWithoutExtension(process) == "dotnet" ? [process, entry.Location] : [process];
        }

        return Around(home, SearchedFolders()).FirstOrDefault() is { } executable ? [executable] : throw NotFound(home);
    }

    /// <summary>Where an application hosts PowerShell: the executables beside that PowerShell, then those people have installed.</summary>
    public static IEnumerable<string> Around(string home, IEnumerable<string> folders) => folders.Prepend(home).Where(Path.IsPathFullyQualified)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh")).Where(File.Exists);

    private static IEnumerable<string> SearchedFolders() => RunProgram.Path.Append(
        OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PowerShell", "7")
        : OperatingSystem.IsMacOS() ? "/usr/local/microsoft/powershell/7"
        : "/opt/microsoft/powershell/7");

    private static ProblemException NotFound(string home) => new(
        LocalCodes.EngineNotFound, $"The engine runs on PowerShell's .NET, and there is no pwsh in {home} nor on PATH.",
        "Install PowerShell 7.6 or later (https://aka.ms/powershell), or run the cmdlets in pwsh itself.", "pwsh");
}
