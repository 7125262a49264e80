using System.Management.Automation.Host;
using System.Security;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary>Asks the person at the console for a passphrase, which is not shown.</summary>
internal static class PassphrasePrompt
{
    /// <summary>Asks for a new one, twice: a typing error in it would lose what it protects.</summary>
    public static SecureString AskTwice(PSCmdlet command)
    {
        var first = Ask(command, "Passphrase: ");
        var second = Ask(command, "The same passphrase again: ");
        if (Secret.Plain(first) != Secret.Plain(second)) command.ThrowTerminatingError(Errors.PassphrasesDiffer());
        return first;
    }

    public static SecureString Ask(PSCmdlet command, string prompt)
    {
        try
        {
            return PipelinePump.Outside(() =>
            {
                command.Host.UI.Write(prompt);
                return command.Host.UI.ReadLineAsSecureString();
            });
        }
        catch (Exception silent) when (silent is PSInvalidOperationException or HostException or NotImplementedException)
        {
            command.ThrowTerminatingError(Errors.NobodyToAsk());
            throw;
        }
    }
}
