using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Cmdlets.Scheduling.Systemd;

/// <summary>The user's own service manager of systemd: units and timers in its folder.</summary>
internal sealed class SystemdScheduler : ITaskScheduler
{
    private const string Prefix = "onionshare-task-";
    private const string EnginePrefix = "onionshare-engine";

    private const string TrialUnit = "onionshare-trial.service";

    private IReadOnlyCollection<string> _leftOut = [];
    private readonly string _folder = Path.Combine(ConfigurationFolder(), "systemd", "user");

    public string Name => "systemd";

    public IReadOnlyList<TaskText> Compose(TaskPlan plan, TaskSetting setting)
    {
        var engine = EngineUnit(setting);
        var texts = new List<TaskText>();
        if (plan.Action == OnionTaskAction.Start) texts.Add(new TaskText(PathOf(engine), SystemdUnit.Engine(setting)));
        texts.Add(new TaskText(PathOf(ServiceUnit(plan.Name)), SystemdUnit.Service(plan, setting, engine)));
        if (plan.At is not null) texts.Add(new TaskText(PathOf(TimerUnit(plan.Name)), SystemdUnit.Timer(plan)));
        return texts;
    }

    public async Task<IReadOnlyList<string>> CaveatsAsync(TaskPlan plan, CancellationToken cancellationToken)
    {
        var lingering = await LingeringAsync(plan, cancellationToken);
        return _leftOut.Count == 0
            ? lingering
            : [$"systemd can't give your units {string.Join(", ", _leftOut)} on this machine, so the engine runs without.", .. lingering];
    }

    private async Task<IReadOnlyList<string>> LingeringAsync(TaskPlan plan, CancellationToken cancellationToken)
    {
        // Without a login manager nobody can say; then nothing is said.
        ProgramResult answer;
        try
        {
            answer = await SchedulerProgram.RunAsync(
                Name, "loginctl", ["show-user", Environment.UserName, "--property=Linger", "--value"], cancellationToken);
        }
        catch (ProblemException)
        {
            return [];
        }

        var lingers = answer.Output.Trim();
        return (plan.Trigger, lingers) switch
        {
            (OnionTaskTrigger.AtLogOn, "yes") =>
                ["Lingering is on for you, so systemd runs your units from the computer's start: this task runs then, not at your logon."],
            (not OnionTaskTrigger.AtLogOn, "no") =>
            [
                (plan.Trigger == OnionTaskTrigger.AtStartup ? "This task runs when you first log in after a start, " : "This task runs only while you are logged in, ")
                    + "and the services it starts go down when you log out: systemd keeps your units only so long. To keep them "
                    + "from the computer's start on, turn lingering on: loginctl enable-linger",
            ],
            _ => [],
        };
    }

    public async Task<OnionScheduledTask> RegisterAsync(TaskPlan plan, TaskSetting setting, CancellationToken cancellationToken)
    {
        await RequireAsync(cancellationToken);
        setting = await FittingAsync(setting, cancellationToken);
        _leftOut = setting.LeftOut;
        var texts = Compose(plan, setting);
        var old = Find(plan.Name);
        if (old is not null) await UnregisterAsync(old, cancellationToken);
        var own = texts.Where(text => !text.Path.EndsWith(EngineUnit(setting), StringComparison.Ordinal)).Select(text => text.Path).ToList();
        try
        {
            foreach (var text in texts) TaskFile.Write(text);
            await ReloadAsync(cancellationToken);
            // By the clock from now on; at a start or a logon from the next one on.
            string[] enable = plan.At is null ? ["enable", ServiceUnit(plan.Name)] : ["enable", "--now", TimerUnit(plan.Name)];
            var answer = await SystemctlAsync(enable, cancellationToken);
            if (!answer.IsGood)
                throw SchedulerProblem.Refused(Name, $"enable '{enable[^1]}'", answer.Words, SchedulerProblem.NothingRegistered(old));
        }
        catch
        {
            TaskFile.Delete(own, Name);
            TaskFile.Delete(IdleEngines(), Name);
            _ = await SystemctlAsync(["daemon-reload"], CancellationToken.None); // what went wrong is told already
            throw;
        }

        return plan.ToTask(Name, own.Count > 1 ? TimerUnit(plan.Name) : ServiceUnit(plan.Name), enabled: true, own);
    }

    public async Task<IReadOnlyList<OnionScheduledTask>> ListAsync(CancellationToken cancellationToken)
    {
        var tasks = List();
        await SystemdResults.TellAsync(tasks, cancellationToken);
        return tasks;
    }

    public async Task UnregisterAsync(OnionScheduledTask task, CancellationToken cancellationToken)
    {
        await RequireAsync(cancellationToken);
        // Not "--now" for a service: what its command started is no part of it.
        string[] disable = task.Id.EndsWith(".timer", StringComparison.Ordinal) ? ["disable", "--now", task.Id] : ["disable", task.Id];
        var answer = await SystemctlAsync(disable, cancellationToken);
        if (!answer.IsGood) throw SchedulerProblem.Refused(Name, $"disable '{task.Id}'", answer.Words, "The task is still there.");
        TaskFile.Delete(task.Files, Name);
        TaskFile.Delete(IdleEngines(), Name);
        await ReloadAsync(cancellationToken);
    }

    // A unit whose limits can't be given does not start at all, and systemd tries again for ever. So they are tried once; what has to be left out is.
    private async Task<TaskSetting> FittingAsync(TaskSetting setting, CancellationToken cancellationToken)
    {
        if (await TryAsync(setting, cancellationToken) is not { } words) return setting;
        var left = new List<string[]>();
        foreach (var limit in SystemdUnit.Limits)
        {
            left.Add(limit);
            if (await TryAsync(Leaving(left), cancellationToken) is null) break;
            if (left.Count == SystemdUnit.Limits.Count)
                throw SchedulerProblem.Refused(Name, "run the engine", words, "See journalctl --user -u onionshare-trial. Nothing was registered.");
        }

        foreach (var limit in left.SkipLast(1).ToList())
            if (await TryAsync(Leaving(left.Where(other => other != limit)), cancellationToken) is null) left.Remove(limit);
        return Leaving(left);

        TaskSetting Leaving(IEnumerable<string[]> limits) => setting with { LeftOut = [.. limits.SelectMany(limit => limit)] };
    }

    /// <summary>Null when the engine runs with these limits, otherwise what systemd says.</summary>
    private async Task<string?> TryAsync(TaskSetting setting, CancellationToken cancellationToken)
    {
        var file = PathOf(TrialUnit);
        try
        {
            TaskFile.Write(new TaskText(file, SystemdUnit.Trial(setting)));
            await ReloadAsync(cancellationToken);
            var answer = await SystemctlAsync(["start", TrialUnit], cancellationToken);
            return answer.IsGood ? null : answer.Words;
        }
        finally
        {
            TaskFile.Delete([file], Name);
            // Whatever became of it, systemd is to know nothing of it any more.
            _ = await SystemctlAsync(["reset-failed", TrialUnit], CancellationToken.None);
            _ = await SystemctlAsync(["daemon-reload"], CancellationToken.None);
        }
    }

    private IReadOnlyList<OnionScheduledTask> List()
    {
        if (!Directory.Exists(_folder)) return [];
        return
        [
            .. Directory.EnumerateFiles(_folder, Prefix + "*.service").Select(Read).OfType<OnionScheduledTask>()
                .OrderBy(task => task.Name, StringComparer.OrdinalIgnoreCase),
        ];
    }

    private OnionScheduledTask? Find(string name) =>
        List().FirstOrDefault(task => string.Equals(task.Name, name, StringComparison.OrdinalIgnoreCase));

    private OnionScheduledTask? Read(string file)
    {
        if (SystemdUnit.Plan(File.ReadAllText(file)) is not { } plan) return null;
        var timer = Path.ChangeExtension(file, ".timer");
        var (unit, target) = plan.At is null ? (file, "default.target") : (timer, "timers.target");
        var id = Path.GetFileName(unit);
        // Enabled means to systemd: linked to from the target that wants it.
        var enabled = new FileInfo(Path.Combine(_folder, target + ".wants", id)).LinkTarget is not null;
        return plan.ToTask(Name, id, enabled, plan.At is null ? [file] : [file, timer]);
    }

    // Units of engines that no task asks for any more. An engine that runs goes on without its file.
    private IReadOnlyList<string> IdleEngines()
    {
        if (!Directory.Exists(_folder)) return [];
        var tasks = Directory.EnumerateFiles(_folder, Prefix + "*.service").Select(File.ReadAllText).ToList();
        return
        [
            .. Directory.EnumerateFiles(_folder, EnginePrefix + "*.service")
                .Where(engine => !tasks.Exists(task => task.Contains($"\nRequires={Path.GetFileName(engine)}\n", StringComparison.Ordinal))),
        ];
    }

    private async Task RequireAsync(CancellationToken cancellationToken)
    {
        var answer = await SystemctlAsync(["show", "--property=Version"], cancellationToken);
        if (!answer.IsGood) throw SchedulerProblem.NotHere("systemd for your user", $"systemctl --user says: {answer.Words}");
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var answer = await SystemctlAsync(["daemon-reload"], cancellationToken);
        if (!answer.IsGood) throw SchedulerProblem.Refused(Name, "read the units", answer.Words, "See systemctl --user status.");
    }

    private Task<ProgramResult> SystemctlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        SchedulerProgram.RunAsync("systemd", "systemctl", ["--user", "--no-ask-password", .. arguments], cancellationToken);

    private string PathOf(string unit) => Path.Combine(_folder, unit);

    private static string ServiceUnit(string task) => $"{Prefix}{TaskFileName.Of(task)}.service";

    private static string TimerUnit(string task) => $"{Prefix}{TaskFileName.Of(task)}.timer";

    // One for each state folder, as there is one engine for each.
    private static string EngineUnit(TaskSetting setting)
    {
        if (!setting.IsMoved) return $"{EnginePrefix}.service";
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(setting.StateFolder)), 0, 4).ToLowerInvariant();
        return $"{EnginePrefix}-{hash}.service";
    }

    private static string ConfigurationFolder() =>
        Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { } set && Path.IsPathFullyQualified(set)
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".config");
}
