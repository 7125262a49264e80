using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Completes times: the next full hours of today, and tomorrow morning; for a parameter called At, of which a date does not count, the hours of a day.
/// </summary>
public sealed class MomentCompleter : IArgumentCompleter
{
    private const int HoursOffered = 6;

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return (parameterName == "At" ? TimesOfDay() : Moments(DateTime.Now))
            .Where(one => one.Value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(one => new CompletionResult(
                one.Value.Contains(' ', StringComparison.Ordinal) ? $"'{one.Value}'" : one.Value, one.Value, CompletionResultType.ParameterValue, one.Tooltip));
    }

    /// <summary>The times that are offered at a moment, all of them after it.</summary>
    internal static IEnumerable<(string Value, string Tooltip)> Moments(DateTime now)
    {
        for (var hour = now.Hour + 1; hour < 24 && hour <= now.Hour + HoursOffered; hour++) yield return ($"{hour:00}:00", "Today");
        yield return (string.Create(CultureInfo.InvariantCulture, $"{now.AddDays(1):yyyy-MM-dd} 09:00"), "Tomorrow");
        yield return (string.Create(CultureInfo.InvariantCulture, $"{now.AddDays(7):yyyy-MM-dd} 09:00"), "In a week");
    }

    private static IEnumerable<(string Value, string Tooltip)> TimesOfDay() =>
        Enumerable.Range(0, 24).Select(hour => ($"{hour:00}:00", "Local time"));
}
