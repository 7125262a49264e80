using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the names of services that have not ended. Starts no engine, and gives up where none answers quickly.</summary>
public sealed class ServiceNameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        var pattern = WildcardPattern.Get(typed + "*", WildcardOptions.IgnoreCase);
        var literal = WildcardPattern.Unescape(typed);
        foreach (var service in Services())
        {
            var fits = pattern.IsMatch(service.Name)
                || service.Name.StartsWith(literal, StringComparison.OrdinalIgnoreCase)
                || (literal.Length > 0 && service.Id.StartsWith(literal, StringComparison.Ordinal));
            if (fits) yield return Result(service);
        }
    }

    private static CompletionResult Result(ServiceStatus service)
    {
        var shown = RemoteText.Show(service.Name);
        // A name that can't be shown as it is must not slip into the command line either: its id says the same.
        var value = shown == service.Name ? Quote(WildcardPattern.Escape(service.Name)) : service.Id;
        var tooltip = $"{service.Mode}, {service.State}" + (service.Url is { } url ? $", {url}" : "");
        return new CompletionResult(value, shown, CompletionResultType.ParameterValue, RemoteText.Show(tooltip));
    }

    private static string Quote(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') && value[0] != '-'
            ? value
            : $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";

    private static IReadOnlyList<ServiceStatus> Services()
    {
        // Completion has one thread and no pump: the waiting is done elsewhere.
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            return Task.Run(() => LiveAsync(limit.Token)).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is EngineProblemException or OperationCanceledException)
        {
            // No engine or a slow one: there is nothing to propose, and a completer has no place for an error.
            return [];
        }
    }

    private static async Task<IReadOnlyList<ServiceStatus>> LiveAsync(CancellationToken cancellationToken)
    {
        using var client = await EngineClient.FindAsync(cancellationToken);
        return client is null ? [] : [.. (await client.ServicesAsync(cancellationToken)).Where(service => !service.State.IsEnded())];
    }
}
