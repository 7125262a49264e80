using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Looks settings through before they are saved or used. What can only be known by connecting is not its part.</summary>
internal static class TorSettingsCheck
{
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>, with the name of the setting as its target.</exception>
    public static void Check(TorSettings settings)
    {
        TorConnectionCheck.Check(settings);
        TorNetworkCheck.Check(settings);
    }

    /// <param name="setting">The name of the property, as in JSON.</param>
    /// <param name="detail">What is wrong. It must not repeat a secret.</param>
    /// <param name="advice">What to do.</param>
    public static ProblemException Refused(string setting, string detail, string advice) =>
        new(ProblemCodes.TorSettings, detail, advice, setting);
}
