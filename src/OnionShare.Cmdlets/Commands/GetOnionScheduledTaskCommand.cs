using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Scheduling;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionScheduledTask</c>: the scheduled tasks of this user.</summary>
[Cmdlet(VerbsCommon.Get, "OnionScheduledTask")]
[OutputType(typeof(OnionScheduledTask))]
public sealed class GetOnionScheduledTaskCommand : ScheduledTaskCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Names, with wildcards.")]
    [SupportsWildcards, ArgumentCompleter(typeof(TaskNameCompleter))]
    public string[] Name { get; set; } = [];

    protected override async Task ProcessRecordAsync()
    {
        foreach (var task in Select(await ITaskScheduler.OfThisMachine().ListAsync(StopToken), Name)) WriteObject(task);
    }
}
