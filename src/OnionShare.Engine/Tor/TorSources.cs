using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>Picks the way to come by a tor.</summary>
internal static class TorSources
{
    /// <summary>The way the settings name.</summary>
    public static ITorSource Pick(TorOptions options, TorSettings settings, TimeProvider time, ILogger logger) => settings.Connection switch
    {
        TorConnectionType.Automatic or TorConnectionType.Own => new LaunchedTor(options, settings, time, logger),
        var way => throw TorSettingsCheck.Refused("connection", $"This engine can't connect by {way} yet.", "Take Automatic or Own."),
    };
}
