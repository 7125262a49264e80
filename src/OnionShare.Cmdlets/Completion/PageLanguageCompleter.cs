using System.Collections;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the languages of the visitors' pages by their tag or their name.</summary>
public sealed class PageLanguageCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return PageLanguage.All
            .Where(language => IsBegunBy(language.Code) || IsBegunBy(language.Name) || IsBegunBy(language.EnglishName))
            .Select(language => new CompletionResult(
                language.Code, language.Code, CompletionResultType.ParameterValue, $"{language.EnglishName} ({language.Name})"));

        bool IsBegunBy(string name) => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase);
    }
}
