using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands on scheduled tasks that are there have in common: choosing among them.</summary>
public abstract class ScheduledTaskCommand : OnionCommand
{
    /// <summary>
    /// The tasks meant by names with wildcards; no name means all. A name may itself hold [ or *, so a task of exactly that name is the
    /// only one meant. A plain name that fits none is an error, not terminating.
    /// </summary>
    private protected IReadOnlyList<OnionScheduledTask> Select(IReadOnlyList<OnionScheduledTask> tasks, IReadOnlyCollection<string> names)
    {
        return names.Count == 0 ? tasks : NamePattern.Choose(names, Named, name => WriteError(Errors.TaskNotFound(name)));

        List<OnionScheduledTask> Named(string name) =>
            tasks.FirstOrDefault(task => string.Equals(task.Name, name, StringComparison.OrdinalIgnoreCase)) is { } one
                ? [one]
                : [.. tasks.Where(task => NamePattern.Fits(task.Name, name))];
    }
}
