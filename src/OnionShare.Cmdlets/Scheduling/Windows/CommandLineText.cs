using System.Text;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Scheduling.Windows;

/// <summary>Arguments in the one line Windows gives a program, such that it reads back what was put in (<c>CommandLineToArgvW</c>).</summary>
internal static class CommandLineText
{
    /// <summary>The line.</summary>
    /// <exception cref="ProblemException">Task Scheduler would put something else in an argument's place.</exception>
    public static string Of(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Quote));

    /// <summary>Refuses what Task Scheduler replaces, and has no escape for: <c>%variables%</c> and <c>$(parameters)</c>.</summary>
    public static string Unexpanded(string value) =>
        value.Contains('%') || value.Contains("$(", StringComparison.Ordinal)
            ? throw SchedulerProblem.NotWritable(value, "Task Scheduler", "it puts other text in the place of % and $(")
            : value;

    private static string Quote(string argument)
    {
        _ = Unexpanded(argument);
        var quoted = new StringBuilder("\"");
        var slashes = 0;
        foreach (var character in argument)
        {
            // Backslashes stand for themselves except before a quote, where each must be doubled.
            if (character == '\\')
            {
                slashes++;
                continue;
            }

            quoted.Append('\\', character == '"' ? 2 * slashes + 1 : slashes).Append(character);
            slashes = 0;
        }

        return quoted.Append('\\', 2 * slashes).Append('"').ToString();
    }
}
