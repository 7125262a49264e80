using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>Checks the settings on how to come by a tor.</summary>
internal static class TorConnectionCheck
{
    /// <summary>Checks them.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>.</exception>
    public static void Check(TorSettings settings)
    {
        if (settings.Executable is { } executable && !Path.IsPathFullyQualified(executable))
            throw TorSettingsCheck.Refused("executable", $"'{RemoteText.Show(executable)}' is not the whole path of a program.", "Give the path from the root on.");
    }
}
