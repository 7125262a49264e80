using System.Globalization;
using System.Text.RegularExpressions;

namespace OnionShare.Contracts;

/// <summary>Lengths of time as people type them: <c>90s</c>, <c>45m</c>, <c>2h</c>, <c>7d</c>, <c>1d12h</c>, or <c>hh:mm:ss</c>, the same in every culture.</summary>
public static partial class Duration
{
    /// <summary>Reads one; false if it is none, or longer than a TimeSpan can be. It may be zero, or with colons negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        if (text.Contains(':', StringComparison.Ordinal)) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
        var match = Words().Match(text);
        var seconds = match.Groups["number"].Captures.Zip(match.Groups["unit"].Captures, static (number, unit) =>
            double.Parse(number.ValueSpan, CultureInfo.InvariantCulture) * char.ToLowerInvariant(unit.ValueSpan[0]) switch { 'd' => 86400, 'h' => 3600, 'm' => 60, _ => 1 }).Sum();
        return TryFromSeconds(seconds, out duration) && match.Success;
    }

    /// <summary>False for what no TimeSpan can hold.</summary>
    public static bool TryFromSeconds(double seconds, out TimeSpan duration)
    {
        var fits = Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds;
        duration = fits ? TimeSpan.FromSeconds(seconds) : default;
        return fits;
    }

    [GeneratedRegex(
        @"^((?<number>[0-9]{1,9}(\.[0-9]{1,9})?)\s*(?<unit>d|h|m|min|s|sec)\s*)+$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Words();
}
