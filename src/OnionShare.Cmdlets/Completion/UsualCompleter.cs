using System.Collections;
using System.Globalization;
using System.Management.Automation.Language;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes values that are usual; others may be typed.</summary>
public abstract class UsualCompleter : IArgumentCompleter
{
    private protected abstract IEnumerable<(string Value, string Tooltip)> UsualOf(string parameter);

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return UsualOf(parameterName)
            .Where(usual => usual.Value.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(usual => new CompletionResult(
                usual.Value.Contains(' ', StringComparison.Ordinal) ? $"'{usual.Value}'" : usual.Value, usual.Value, CompletionResultType.ParameterValue, usual.Tooltip));
    }
}

public sealed class ControlEndpointCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> UsualOf(string parameter) =>
    [
        ("127.0.0.1:9051", "A system tor with ControlPort 9051"),
        ("127.0.0.1:9151", "The tor of a Tor Browser that runs"),
        ("unix:/run/tor/control", "A system tor's socket (Debian, Fedora, Arch)"),
    ];
}

public sealed class DurationCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> UsualOf(string parameter) =>
    [
        ("30s", "30 seconds"),
        ("5m", "5 minutes"),
        ("30m", "30 minutes"),
        ("1h", "An hour"),
        ("2h", "2 hours"),
        ("1d", "A day"),
        ("1d12h", "A day and a half"),
        ("7d", "A week"),
    ];
}

/// <summary>Completes usual sizes; units are powers of 1024, as everywhere in PowerShell.</summary>
public sealed class SizeCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> UsualOf(string parameter) =>
    [
        ("10MB", "10 MiB: photos, documents"),
        ("100MB", "100 MiB"),
        ("500MB", "500 MiB"),
        ("1GB", "1 GiB"),
        ("5GB", "5 GiB: a film"),
        ("20GB", "20 GiB"),
        ("100GB", "100 GiB: a disk's image"),
    ];
}

/// <summary>Completes the pluggable transports of bridges the Tor Project gives out.</summary>
public sealed class TransportCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> UsualOf(string parameter) =>
    [
        ("obfs4", "Looks like nothing at all"),
        ("snowflake", "Through the browsers of volunteers"),
        ("webtunnel", "Looks like a visit to a website"),
        ("meek_lite", "Looks like a visit to a large provider"),
    ];
}

/// <summary>
/// Completes times: the next full hours of today, and tomorrow morning; for a parameter called At, of which a date does not count, the hours of a day.
/// </summary>
public sealed class MomentCompleter : UsualCompleter
{
    private const int HoursOffered = 6;

    private protected override IEnumerable<(string Value, string Tooltip)> UsualOf(string parameter) => parameter == "At" ? TimesOfDay() : Moments(DateTime.Now);

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
