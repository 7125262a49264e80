using System.Management.Automation;

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
        if (names.Count == 0) return tasks;
        var chosen = new List<OnionScheduledTask>();
        foreach (var name in names)
        {
            var found = tasks.Where(task => string.Equals(task.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();
            if (found.Count == 0)
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                found = [.. tasks.Where(task => pattern.IsMatch(task.Name))];
            }

            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(Errors.TaskNotFound(name));
            chosen.AddRange(found.Where(task => !chosen.Contains(task)));
        }

        return chosen;
    }
}
