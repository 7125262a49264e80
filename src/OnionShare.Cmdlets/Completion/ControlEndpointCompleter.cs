using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the control endpoints tors usually have.</summary>
public sealed class ControlEndpointCompleter : IArgumentCompleter
{
    private static readonly (string Endpoint, string Tooltip)[] Usual =
    [
        ("127.0.0.1:9051", "A system tor with ControlPort 9051"),
        ("127.0.0.1:9151", "The tor of a Tor Browser that runs"),
        ("unix:/run/tor/control", "A system tor's socket (Debian, Fedora, Arch)"),
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return Usual
            .Where(usual => usual.Endpoint.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(usual => new CompletionResult(usual.Endpoint, usual.Endpoint, CompletionResultType.ParameterValue, usual.Tooltip));
    }
}
