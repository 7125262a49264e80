using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>How far tor is in connecting, for a progress bar.</summary>
internal static class TorProgress
{
    private const int TroubleLength = 100;

    public static StartProgress Describe(TorStatus? tor) => Describe(tor, tor?.Error is { } error ? $": {RemoteText.Show(error.Detail, TroubleLength)}" : "");

    private static StartProgress Describe(TorStatus? tor, string trouble) => tor switch
    {
        { State: TorState.Connected } => new("Connected to the Tor network", 100),
        { State: TorState.Bootstrapping } => new(
            $"Connecting to the Tor network: {tor.BootstrapPercent} %"
                + (tor.BootstrapSummary is { Length: > 0 } summary ? $" ({RemoteText.Show(summary, TroubleLength)})" : "") + trouble,
            Math.Clamp(tor.BootstrapPercent, 0, 100)),
        { State: TorState.Lost } => new("tor went away and is being brought back" + trouble, 0),
        _ => new("Starting tor" + trouble, 0),
    };
}
