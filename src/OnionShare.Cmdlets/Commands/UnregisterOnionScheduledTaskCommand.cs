using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Scheduling;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Unregister-OnionScheduledTask</c>: takes scheduled tasks away. A service that was started goes on.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "OnionScheduledTask", SupportsShouldProcess = true, DefaultParameterSetName = "Name")]
public sealed class UnregisterOnionScheduledTaskCommand : ScheduledTaskCommand
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Names, with wildcards.")]
    [SupportsWildcards, ArgumentCompleter(typeof(TaskNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true, HelpMessage = "The tasks themselves.")]
    public OnionScheduledTask[] InputObject { get; set; } = [];

    protected override async Task ProcessRecordAsync()
    {
        var scheduler = ITaskScheduler.OfThisMachine();
        var tasks = InputObject.Length > 0 ? InputObject : Select(await scheduler.ListAsync(StopToken), Name);
        foreach (var task in tasks)
        {
            if (!ShouldProcess($"{task.Name} ({task.Id})", $"Unregister from {scheduler.Name}")) continue;
            try
            {
                await scheduler.UnregisterAsync(task, StopToken);
            }
            catch (ProblemException failure)
            {
                WriteError(Errors.From(failure, task));
            }
        }
    }
}
