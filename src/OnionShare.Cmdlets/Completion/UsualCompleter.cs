using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes values that are usual; others may be typed.</summary>
public abstract class UsualCompleter : IArgumentCompleter
{
    private protected abstract IEnumerable<(string Value, string Tooltip)> Usual { get; }

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return Usual
            .Where(usual => usual.Value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(usual => new CompletionResult(usual.Value, usual.Value, CompletionResultType.ParameterValue, usual.Tooltip));
    }
}
