using System.Collections;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes names that have to be asked for. Starts no engine, and gives up where nothing answers quickly.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        var pattern = WildcardPattern.Get(typed + "*", WildcardOptions.IgnoreCase);
        var literal = WildcardPattern.Unescape(typed);
        foreach (var proposal in Proposals(fakeBoundParameters))
        {
            var fits = pattern.IsMatch(proposal.Name)
                || proposal.Name.StartsWith(literal, StringComparison.OrdinalIgnoreCase)
                || (literal.Length > 0 && proposal.Id?.StartsWith(literal, StringComparison.Ordinal) == true);
            if (fits && Result(proposal) is { } result) yield return result;
        }
    }

    /// <summary>A name, the id that says the same, and what there is to tell of it.</summary>
    internal sealed record Proposal(string Name, string? Id, string Tooltip);

    /// <summary>Finds what can be proposed beside what is typed of the other <paramref name="parameters"/>.</summary>
    private protected abstract Task<IEnumerable<Proposal>> FindAsync(IDictionary parameters, CancellationToken cancellationToken);

    private static CompletionResult? Result(Proposal proposal)
    {
        var shown = RemoteText.Show(proposal.Name);
        // A name that can't be shown as it is must not slip into the command line either: its id says the same.
        var value = shown == proposal.Name ? Quote(WildcardPattern.Escape(proposal.Name)) : proposal.Id;
        return value is null ? null : new CompletionResult(value, shown, CompletionResultType.ParameterValue, RemoteText.Show(proposal.Tooltip));
    }

    internal static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') && value[0] != '-'
            ? value
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";

    private IEnumerable<Proposal> Proposals(IDictionary parameters)
    {
        // Completion has one thread and no pump: the waiting is done elsewhere.
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return Task.Run(() => FindAsync(parameters, limit.Token)).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is ProblemException or OperationCanceledException)
        {
            // No engine or a slow one: there is nothing to propose, and a completer has no place for an error.
            return [];
        }
    }
}
