using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Scheduling.Windows;

internal static class CommandLineText
{
    /// <exception cref="ProblemException">Task Scheduler would put something else in an argument's place.</exception>
    public static string Of(IEnumerable<string> arguments) => WindowsArguments.Join(arguments.Select(Unexpanded));

    /// <summary>Refuses what Task Scheduler replaces, and has no escape for: <c>%variables%</c> and <c>$(parameters)</c>.</summary>
    public static string Unexpanded(string value) =>
        value.Contains('%') || value.Contains("$(", StringComparison.Ordinal)
            ? throw SchedulerProblem.NotWritable(value, "Task Scheduler", "it puts other text in the place of % and $(")
            : value;
}
