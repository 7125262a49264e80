using System.Collections.ObjectModel;
using System.Management.Automation.Host;

namespace OnionShare.Cmdlets.Commands;

/// <summary>A question to the person at the console, asked only where somebody can answer.</summary>
internal static class Question
{
    /// <summary>Asks, with No as the answer of who only presses Enter; false where nobody can answer. Call it on the pipeline's thread.</summary>
    public static bool IsYes(PSHost host, string caption, string question, string yes, string no)
    {
        // A job's questions would wait for somebody to look; what comes through standard input is the script's.
        if (!Environment.UserInteractive || host.Name is "ServerRemoteHost" || (host.Name is "ConsoleHost" && Console.IsInputRedirected)) return false;
        var choices = new Collection<ChoiceDescription> { new("&Yes", yes), new("&No", no) };
        try
        {
            return host.UI?.PromptForChoice(caption, question, choices, defaultChoice: 1) == 0;
        }
        catch (Exception mute) when (mute is HostException or PSInvalidOperationException or NotImplementedException or NotSupportedException)
        {
            // -NonInteractive, and hosts without a way to ask: the error says what to do.
            return false;
        }
    }
}
