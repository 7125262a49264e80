using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>Checks the settings on how tor reaches the Tor network: those <see cref="TorrcNetwork"/> makes lines of.</summary>
internal static class TorNetworkCheck
{
    /// <summary>Checks them.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>.</exception>
    public static void Check(TorSettings settings)
    {
        if (settings.Torrc.FirstOrDefault(line => line.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0) is { } broken)
            throw TorSettingsCheck.Refused("torrc", $"The torrc line '{RemoteText.Show(broken, 80)}' is more than one line.", "Give each line by itself.");
    }
}
