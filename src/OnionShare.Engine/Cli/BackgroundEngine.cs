using System.Diagnostics;
using System.Runtime.Loader;

namespace OnionShare.Engine.Cli;

/// <summary>Starts an engine in the background for a verb of this program: for schedulers, which know no PowerShell.</summary>
internal static class BackgroundEngine
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>The engine that runs, or one that is started now and stays when this program ends.</summary>
    /// <exception cref="ProblemException">It does not answer.</exception>
    public static async Task<EngineConnection> EnsureAsync(EngineOptions options, CancellationToken cancellationToken)
    {
        if (await EngineConnection.FindAsync(cancellationToken) is { } there) return there;
        using var process = Start(options);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < StartLimit)
        {
            if (await EngineConnection.FindAsync(cancellationToken) is { } engine) return engine;
            if (process is { HasExited: true, ExitCode: not 0 }) break;
            await Task.Delay(Pause, cancellationToken);
        }

        throw new ProblemException(
            ProblemCodes.Internal, "The engine was started, but does not answer.", "Run it yourself to see more: onionshare-engine serve");
    }

    private static Process Start(EngineOptions options)
    {
        var arguments = new List<string> { "serve" };
        foreach (var (name, value) in new[] { ("--tor", options.TorExecutable), ("--torrc-include", options.TorrcInclude), ("--log", options.LogFile) })
        {
            if (value is not null) arguments.AddRange([name, value]);
        }

        return DetachedProcess.Start(Launch(), arguments);
    }

    // As this process was: by its own executable, by dotnet with a dll, or in a PowerShell (then in a context of its own).
    private static EngineLaunch Launch()
    {
        var program = Environment.ProcessPath!;
        string[] command = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
        var engine = typeof(BackgroundEngine).Assembly;
        return AssemblyLoadContext.GetLoadContext(engine) == AssemblyLoadContext.Default
            ? EngineLaunch.Own(command)
            : EngineLaunch.InPowerShell(command, Path.GetDirectoryName(engine.Location)!);
    }
}
