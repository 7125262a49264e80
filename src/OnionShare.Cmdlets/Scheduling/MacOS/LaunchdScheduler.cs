using System.Globalization;
using System.Runtime.InteropServices;

namespace OnionShare.Cmdlets.Scheduling.MacOS;

/// <summary>launchd's agents of this user: a property list each in <c>~/Library/LaunchAgents</c>.</summary>
internal sealed class LaunchdScheduler : ITaskScheduler
{
    private const string Prefix = "powershell.onionshare.task.";

    private readonly string _folder = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), "Library", "LaunchAgents");

    public string Name => "launchd";

    public IReadOnlyList<TaskText> Compose(TaskPlan plan, TaskSetting setting) =>
        [new TaskText(PathOf(Label(plan.Name)), LaunchAgent.Of(Label(plan.Name), plan, setting))];

    public Task<IReadOnlyList<string>> CaveatsAsync(TaskPlan plan, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
        plan.Trigger == OnionTaskTrigger.AtLogOn
            ? []
            : ["launchd runs a user's agents only while that user is logged in" + (plan.At is null ? ": this task runs at your login." : ".")]);

    public async Task<OnionScheduledTask> RegisterAsync(TaskPlan plan, TaskSetting setting, CancellationToken cancellationToken)
    {
        var text = Compose(plan, setting).Single();
        var old = (await ListAsync(cancellationToken)).FirstOrDefault(task => string.Equals(task.Name, plan.Name, StringComparison.OrdinalIgnoreCase));
        if (old is not null) await UnregisterAsync(old, cancellationToken);
        TaskFile.Write(text);

        // One that runs when it is loaded is left to the next login: to register is not yet to start.
        if (plan.At is not null)
        {
            var answer = await LaunchctlAsync(["bootstrap", Domain(), text.Path], cancellationToken);
            if (!answer.IsGood)
            {
                File.Delete(text.Path);
                throw SchedulerProblem.Refused(Name, $"load '{Label(plan.Name)}'", answer.Words, SchedulerProblem.NothingRegistered(old));
            }
        }

        return plan.ToTask(Name, Label(plan.Name), enabled: true, [text.Path]);
    }

    public Task<IReadOnlyList<OnionScheduledTask>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<OnionScheduledTask> tasks = !Directory.Exists(_folder)
            ? []
            :
            [
                .. Directory.EnumerateFiles(_folder, Prefix + "*.plist")
                    .Select(file => LaunchAgent.Plan(File.ReadAllText(file))?.ToTask(Name, Path.GetFileNameWithoutExtension(file), enabled: true, [file]))
                    .OfType<OnionScheduledTask>().OrderBy(task => task.Name, StringComparer.OrdinalIgnoreCase),
            ];
        return Task.FromResult(tasks);
    }

    public async Task UnregisterAsync(OnionScheduledTask task, CancellationToken cancellationToken)
    {
        var target = $"{Domain()}/{task.Id}";
        var loaded = await LaunchctlAsync(["print", target], cancellationToken);
        if (loaded.IsGood)
        {
            var answer = await LaunchctlAsync(["bootout", target], cancellationToken);
            if (!answer.IsGood) throw SchedulerProblem.Refused(Name, $"unload '{task.Id}'", answer.Words, "The task is still there.");
        }

        TaskFile.Delete(task.Files, Name);
    }

    private string PathOf(string label) => Path.Combine(_folder, label + ".plist");

    private static string Label(string task) => Prefix + TaskFileName.Of(task);

    private static string Domain() => string.Create(CultureInfo.InvariantCulture, $"gui/{UserId()}");

    private static Task<ProgramResult> LaunchctlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        SchedulerProgram.RunAsync("launchd", "launchctl", arguments, cancellationToken);

    [DllImport("libc", EntryPoint = "getuid")]
    private static extern uint UserId();
}
