using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Scheduling;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Register-OnionScheduledTask</c>: has the operating system's scheduler start or stop a saved service.</summary>
[Cmdlet(VerbsLifecycle.Register, "OnionScheduledTask", SupportsShouldProcess = true, DefaultParameterSetName = AtStartupSet)]
[OutputType(typeof(OnionScheduledTask))]
public sealed class RegisterOnionScheduledTaskCommand : OnionCommand
{
    private const string AtStartupSet = "AtStartup";
    private const string AtLogOnSet = "AtLogOn";
    private const string DailySet = "Daily";
    private const string WeeklySet = "Weekly";
    private const int LongestName = 100;

    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The task's name."), ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, HelpMessage = "The name of the saved service.")]
    [ValidateNotNullOrEmpty, ArgumentCompleter(typeof(SavedNameCompleter))]
    public string Service { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = AtStartupSet, HelpMessage = "Run when the computer has started.")]
    public SwitchParameter AtStartup { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = AtLogOnSet, HelpMessage = "Run when the user logs on.")]
    public SwitchParameter AtLogOn { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = DailySet, HelpMessage = "Run every day.")]
    public SwitchParameter Daily { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = WeeklySet, HelpMessage = "Run every week.")]
    public SwitchParameter Weekly { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = DailySet, HelpMessage = "The time of day, local; a date in it does not count.")]
    [Parameter(Mandatory = true, ParameterSetName = WeeklySet, HelpMessage = "The time of day, local; a date in it does not count.")]
    [Moment, ArgumentCompleter(typeof(MomentCompleter))]
    public DateTime At { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = WeeklySet, HelpMessage = "The days of the week."), ValidateNotNullOrEmpty]
    public DayOfWeek[] DaysOfWeek { get; set; } = [];

    [Parameter(HelpMessage = "What to do with the service.")]
    public OnionTaskAction Action { get; set; } = OnionTaskAction.Start;

    [Parameter(HelpMessage = "Put it in the place of a task of the same name.")]
    public SwitchParameter Force { get; set; }

    protected override async Task EndProcessingAsync()
    {
        if (string.IsNullOrWhiteSpace(Name) || Name.Length > LongestName || RemoteText.Show(Name) != Name)
            ThrowTerminatingError(Errors.TaskName(Name));
        var scheduler = ITaskScheduler.OfThisMachine();
        var there = await ExistingAsync(scheduler);
        if (!Force && there.FirstOrDefault(task => IsNamed(task.Name, Name)) is { } same) ThrowTerminatingError(Errors.TaskInUse(same));
        var saved = await Engine.Saved.ListAsync(StopToken);
        // Completion escapes [ and *, which mean nothing here.
        if ((saved.FirstOrDefault(one => IsNamed(one.Name, Service))
            ?? saved.FirstOrDefault(one => IsNamed(one.Name, WildcardPattern.Unescape(Service)))) is not { } service)
        {
            ThrowTerminatingError(await InVaultAsync() is { Vault: { } vault } kept
                ? Errors.NotScheduledFromVault(kept.Name, vault)
                : Errors.ServiceNotSaved(Service));
            return;
        }

        var plan = Plan(service.Name);
        var setting = TaskSetting.OfThisSession(EngineProgram.Launch(), Inboxes(saved, there, plan));
        var texts = scheduler.Compose(plan, setting);
        if (!ShouldProcess(Describe(scheduler, texts), $"Register the task '{Name}' with {scheduler.Name}?", "Register-OnionScheduledTask")) return;
        var task = await scheduler.RegisterAsync(plan, setting, StopToken);
        foreach (var caveat in await scheduler.CaveatsAsync(plan, StopToken)) WriteWarning(caveat);
        WriteObject(task);
    }

    // -WhatIf shows the very text, also where there is no scheduler to ask for tasks of the same name.
    private async Task<IReadOnlyList<OnionScheduledTask>> ExistingAsync(ITaskScheduler scheduler)
    {
        try
        {
            return await scheduler.ListAsync(StopToken);
        }
        catch (ProblemException missing) when (missing.Problem.Code == LocalCodes.SchedulerNotFound)
        {
            WriteVerbose(missing.Problem.Detail);
            return [];
        }
    }

    // Of services in a vault only those are known that run: looking further would open vaults nobody spoke of.
    private async Task<ServiceStatus?> InVaultAsync()
    {
        var services = await Engine.ServicesAsync(StopToken);
        return services.FirstOrDefault(service => service.Vault is not null && !service.State.IsEnded()
            && (IsNamed(service.Name, Service) || IsNamed(service.Name, WildcardPattern.Unescape(Service))));
    }

    private TaskPlan Plan(string service) => new()
    {
        Name = Name,
        Service = service,
        Action = Action,
        Trigger = Enum.Parse<OnionTaskTrigger>(ParameterSetName),
        At = ParameterSetName is DailySet or WeeklySet ? TimeOnly.FromDateTime(At.Kind == DateTimeKind.Utc ? At.ToLocalTime() : At) : null,
        DaysOfWeek = [.. DaysOfWeek.Distinct().OrderBy(day => ((int)day + 6) % 7)],
    };

    // The engine is one for all tasks, so it must be able to write to the inboxes of all of them.
    private static IReadOnlyList<string> Inboxes(
        IReadOnlyList<SavedService> saved, IReadOnlyList<OnionScheduledTask> tasks, TaskPlan plan)
    {
        var started = tasks.Where(task => task.Does == OnionTaskAction.Start).Select(task => task.Service).Append(plan.Service);
        return
        [
            .. saved.Where(one => one.Mode == ServiceMode.Receive && started.Contains(one.Name, StringComparer.OrdinalIgnoreCase))
                .SelectMany(one => one.Paths),
        ];
    }

    private string Describe(ITaskScheduler scheduler, IReadOnlyList<TaskText> texts) =>
        $"Register the task '{Name}' with {scheduler.Name}:"
            + string.Concat(texts.Select(text => $"{Environment.NewLine}{Environment.NewLine}--- {text.Path}{Environment.NewLine}{text.Content}"));

    private static bool IsNamed(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);
}
