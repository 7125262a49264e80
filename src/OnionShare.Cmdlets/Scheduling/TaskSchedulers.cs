using OnionShare.Cmdlets.Scheduling.MacOS;
using OnionShare.Cmdlets.Scheduling.Systemd;
using OnionShare.Cmdlets.Scheduling.Windows;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Scheduling;

internal static class TaskSchedulers
{
    /// <exception cref="ProblemException">None is known for this platform.</exception>
    public static ITaskScheduler OfThisMachine() =>
        OperatingSystem.IsWindows() ? new WindowsTaskScheduler()
        : OperatingSystem.IsMacOS() ? new LaunchdScheduler()
        : OperatingSystem.IsLinux() ? new SystemdScheduler()
        : throw SchedulerProblem.NotHere("a scheduler", "this platform is not known");
}
