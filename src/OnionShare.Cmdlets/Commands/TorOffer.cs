using System.Management.Automation.Host;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>The offer to fetch a tor where a service needs one and there is none; made only to a person who can answer.</summary>
internal static class TorOffer
{
    /// <summary>Whether a tor that is fetched would do: not where the settings name a program, or the one that is there is too old.</summary>
    public static bool Helps(Problem problem) => problem is { Code: ProblemCodes.TorNotFound, Target: null };

    /// <inheritdoc cref="Question.IsYes"/>
    public static bool IsTaken(PSHost host) => Question.IsYes(
        host,
        "There is no tor on this computer",
        "Fetch it now from the Tor Project (dist.torproject.org, about 30 MB)? That goes outside Tor: who watches this connection sees that tor is fetched.",
        "Fetches tor as Install-OnionTor does, checks its signature, keeps it for this user, and starts the service.",
        "Fetches nothing; the service is not started.");
}
