using System.Collections;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the names of the vaults registered with Microsoft.PowerShell.SecretManagement. Opens none of them, and so asks for nothing.</summary>
public sealed class VaultNameCompleter : IArgumentCompleter
{
    private const string Command = @"Microsoft.PowerShell.SecretManagement\Get-SecretVault";

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return from vault in Vaults()
               let name = vault.Properties["Name"]?.Value?.ToString()
               // A name that can't be shown as it is must not slip into the command line either.
               where name is not null && name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && RemoteText.Show(name) == name
               select new CompletionResult(
                   NameCompleter.Quote(name), name, CompletionResultType.ParameterValue,
                   RemoteText.Show(vault.Properties["ModuleName"]?.Value?.ToString() is { Length: > 0 } module ? $"Vault of {module}" : name));
    }

    private static IReadOnlyList<PSObject> Vaults()
    {
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            return [.. shell.AddCommand(Command).AddParameter("ErrorAction", ActionPreference.Ignore).Invoke().Where(vault => vault is not null)];
        }
        catch (RuntimeException)
        {
            // No module, or a broken one: there is nothing to propose, and a completer has no place for an error.
            return [];
        }
    }
}
