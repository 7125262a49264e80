using System.ComponentModel;
using System.Diagnostics;
using OnionShare.Contracts;

namespace OnionShare.Engine.Services;

/// <summary>Stops the services whose owning process has ended, however it ended.</summary>
public sealed class OwnerWatch(ServiceRegistry services, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A process's start time is computed from clock ticks since boot, so two readers may differ by a little.
    private static readonly TimeSpan StartTimeTolerance = TimeSpan.FromSeconds(2);

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var owned = services.Alive.Where(service => service.Owner is not null).GroupBy(service => service.Owner!);
            foreach (var service in owned.Where(group => !IsAlive(group.Key)).SelectMany(group => group))
                service.Stop(StopReason.OwnerEnded, force: true);
        }
    }

    public static bool IsAlive(OwnerProcess owner)
    {
        try
        {
            using var process = Process.GetProcessById(owner.ProcessId);
            return (process.StartTime - owner.StartTime).Duration() < StartTimeTolerance && !process.HasExited
                && !IsZombie(owner.ProcessId);
        }
        catch (Exception notThere) when (notThere is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (Win32Exception)
        {
            // It ended while it was looked at, or belongs to somebody this user may not look at, as no session of this user does.
            return false;
        }
    }

    // A killed process that its parent has not yet waited for still has a process id (proc(5), the state field of stat).
    private static bool IsZombie(int processId)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat.AsSpan(stat.LastIndexOf(')') + 2) is ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            return true;
        }
    }
}
