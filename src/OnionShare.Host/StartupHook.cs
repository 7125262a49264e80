using OnionShare.Host;

/// <summary>
/// What .NET calls before a program's own <c>Main</c> where <c>DOTNET_STARTUP_HOOKS</c> names this assembly: the program, a PowerShell, then is the
/// engine, and none of PowerShell is set up. The name and the signature are .NET's (docs/design/features/host-startup-hook.md of dotnet/runtime).
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        // Not for what the engine starts.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        if (EngineHost.Arguments(Environment.GetCommandLineArgs()) is { } arguments) Environment.Exit(EngineHost.Run(arguments));
    }
}
