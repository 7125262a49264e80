using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>One way to come by a tor. Watching it and bringing it back is not its part.</summary>
internal interface ITorSource : IAsyncDisposable
{
    /// <summary>Opens a tor: an authenticated control connection and what belongs to it. Can be called again when that tor is gone.</summary>
    /// <exception cref="ProblemException">There is none to be had.</exception>
    Task<TorSession> OpenAsync(CancellationToken cancellationToken);
}

internal static class TorSources
{
    /// <summary>The way the settings name.</summary>
    /// <exception cref="ProblemException">The settings can't be used.</exception>
    public static ITorSource Pick(TorOptions options, TorSettings settings, TimeProvider time, ILogger logger)
    {
        // Once more: a program may be gone and an address changed since they were saved.
        TorSettingsCheck.Check(settings);
        AttachedTor Attached(TorConnectionType way, IReadOnlyList<ControlEndpoint> endpoints) => new(way, endpoints, settings, time, logger);
        LaunchedTor Launched(ITorLauncher launcher) => new(launcher, options, settings, time, logger);
        return settings.Connection switch
        {
            // A program that was named when the engine was started is meant for just this start.
            TorConnectionType.Automatic when options.ExecutablePath is null && ControlEndpoint.TryParse(settings.ControlEndpoint, out var endpoint) =>
                Attached(TorConnectionType.ControlEndpoint, [endpoint]),
            TorConnectionType.Automatic or TorConnectionType.Own or TorConnectionType.TorSharp => Launched(Launcher(options, settings)),
            TorConnectionType.ControlEndpoint => Attached(TorConnectionType.ControlEndpoint, [Endpoint(settings)]),
            TorConnectionType.System => Attached(TorConnectionType.System, ControlPlaces.System()),
            TorConnectionType.TorBrowser => Attached(TorConnectionType.TorBrowser, ControlPlaces.TorBrowser(Environment.GetEnvironmentVariable)),
            var way => throw TorSettingsCheck.Refused("connection", $"The engine knows no way {way} to get a tor.", "Take Automatic."),
        };
    }

    public static ITorLauncher Launcher(TorOptions options, TorSettings settings) => settings.Connection == TorConnectionType.TorSharp
        ? new TorSharpLauncher(options.StateFolder, options.Adapter)
        : new OwnLauncher(options, settings);

    private static ControlEndpoint Endpoint(TorSettings settings) =>
        ControlEndpoint.TryParse(settings.ControlEndpoint, out var endpoint) ? endpoint : throw new InvalidOperationException("The settings were checked.");
}
