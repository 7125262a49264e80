namespace OnionShare.Engine.Tor.Installation;

/// <summary>What can be told when no tor is installed.</summary>
internal static class InstallProblem
{
    /// <summary>How to come by a tor without any of this.</summary>
    public const string ByHand = "Or install tor by hand (apt install tor, winget install TorProject.TorBrowser, brew install tor): it is found then.";

    /// <summary>It is not what the Tor Project published.</summary>
    public static ProblemException Refused(string detail, string? target, string? advice = null, Exception? cause = null) => new(
        ProblemCodes.InstallRefused, $"{detail} What was fetched has been thrown away; nothing of it was run.",
        advice ?? "Try another time or another source. " + ByHand, target, cause: cause);

    /// <summary>It could not be fetched, or not be put where it belongs.</summary>
    public static ProblemException Failed(string detail, string? target, string? advice = null, Exception? cause = null) => new(
        ProblemCodes.InstallFailed, detail, advice ?? "Try again later. " + ByHand, target, cause: cause);
}
