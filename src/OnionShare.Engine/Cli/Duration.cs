using System.CommandLine.Parsing;
using System.Globalization;

namespace OnionShare.Engine.Cli;

/// <summary>Lengths of time as people type them: <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>7d</c>, or <c>hh:mm:ss</c>.</summary>
public static class Duration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>Reads one; false if it is none, not positive, or more than ten years.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var unit = text.Length == 0 ? ' ' : char.ToLowerInvariant(text[^1]);
        var seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        if (seconds == 0)
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration)
                && text.Contains(':', StringComparison.Ordinal) && duration > TimeSpan.Zero && duration <= Longest;
        }

        duration = default;
        if (!double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number <= 0 || number * seconds > Longest.TotalSeconds) return false;
        duration = TimeSpan.FromSeconds(number * seconds);
        return true;
    }

    internal static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, out var duration)) return duration;
        result.AddError($"'{text}' is no length of time. Write 90s, 30m, 2h, 7d or hh:mm:ss.");
        return null;
    }
}
