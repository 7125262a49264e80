using System.CommandLine.Parsing;

namespace OnionShare.Engine.Cli;

internal static class DurationArgument
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);

    /// <summary>A length of time above zero and of ten years at most; else an error.</summary>
    public static TimeSpan? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Duration.TryParse(text, out var duration) && duration > TimeSpan.Zero && duration <= Longest) return duration;
        result.AddError($"'{text}' is no length of time. Write 90s, 30m, 2h, 1d12h or hh:mm:ss.");
        return null;
    }
}
