using OnionShare.Cmdlets.Scheduling.MacOS;
using OnionShare.Cmdlets.Scheduling.Systemd;
using OnionShare.Cmdlets.Scheduling.Windows;

namespace OnionShare.Cmdlets.Scheduling;

/// <summary>Text a scheduler is to get, and the file it goes to.</summary>
/// <param name="Path">The file; what the scheduler calls it where that keeps its own.</param>
/// <param name="Content">The whole of it.</param>
internal sealed record TaskText(string Path, string Content);

/// <summary>The part of an operating system that starts programs by the clock, as far as tasks of ours need it.</summary>
internal interface ITaskScheduler
{
    /// <exception cref="ProblemException">None is known for this platform.</exception>
    static ITaskScheduler OfThisMachine() =>
        OperatingSystem.IsWindows() ? new WindowsTaskScheduler()
        : OperatingSystem.IsMacOS() ? new LaunchdScheduler()
        : OperatingSystem.IsLinux() ? new SystemdScheduler()
        : throw SchedulerProblem.NotHere("a scheduler", "this platform is not known");

    string Name { get; }

    /// <summary>The texts that make the task. Writes nothing, and needs no scheduler.</summary>
    /// <exception cref="ProblemException">A name or path can't be written in this scheduler's format.</exception>
    IReadOnlyList<TaskText> Compose(TaskPlan plan, TaskSetting setting);

    /// <summary>What its user should know about when this task will, or will not, run.</summary>
    Task<IReadOnlyList<string>> CaveatsAsync(TaskPlan plan, CancellationToken cancellationToken);

    /// <summary>Hands the task over, in place of one of the same name. Leaves nothing behind where it fails.</summary>
    /// <exception cref="ProblemException">There is no such scheduler here, or it refuses.</exception>
    Task<OnionScheduledTask> RegisterAsync(TaskPlan plan, TaskSetting setting, CancellationToken cancellationToken);

    /// <summary>The tasks of this user, by name.</summary>
    /// <exception cref="ProblemException">There is no such scheduler here.</exception>
    Task<IReadOnlyList<OnionScheduledTask>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Takes a task away. A service it started goes on.</summary>
    /// <exception cref="ProblemException">The scheduler refuses.</exception>
    Task UnregisterAsync(OnionScheduledTask task, CancellationToken cancellationToken);
}
