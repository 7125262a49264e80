using System.Collections;
using OnionShare.Cmdlets.Scheduling;

namespace OnionShare.Cmdlets.Completion;

public sealed class TaskNameCompleter : NameCompleter
{
    private protected override async Task<IEnumerable<Proposal>> FindAsync(IDictionary parameters, CancellationToken cancellationToken) =>
        from task in await ITaskScheduler.OfThisMachine().ListAsync(cancellationToken)
        select new Proposal(task.Name, null, $"{task.Action}s {task.Service}, {task.Schedule}");
}
