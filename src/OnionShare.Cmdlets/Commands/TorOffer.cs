using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>The offer to fetch a tor where a service needs one and there is none; made only to a person who can answer.</summary>
internal static class TorOffer
{
    /// <summary>Whether a tor that is fetched would do: not where the settings name a program, or the one that is there is too old.</summary>
    public static bool Helps(Problem problem) => problem is { Code: ProblemCodes.TorNotFound, Target: null };

    /// <summary>Asks; false where nobody can answer. Call it on the pipeline's thread.</summary>
    public static bool IsTaken(PSHost host)
    {
        // A job's questions would wait for somebody to look; what comes through standard input is the script's.
        if (!Environment.UserInteractive || host.Name is "ServerRemoteHost" || (host.Name is "ConsoleHost" && Console.IsInputRedirected)) return false;
        var choices = new Collection<ChoiceDescription>
        {
            new("&Yes", "Fetches tor as Install-OnionTor does, checks its signature, keeps it for this user, and starts the service."),
            new("&No", "Fetches nothing; the service is not started."),
        };
        try
        {
            return host.UI?.PromptForChoice(
                "There is no tor on this computer",
                "Fetch it now from the Tor Project (dist.torproject.org, about 30 MB)? That goes outside Tor: who watches this connection sees that tor is fetched.",
                choices, defaultChoice: 1) == 0;
        }
        catch (Exception mute) when (mute is HostException or PSInvalidOperationException or NotImplementedException or NotSupportedException)
        {
            // -NonInteractive, and hosts without a way to ask: the error says what to do.
            return false;
        }
    }
}
