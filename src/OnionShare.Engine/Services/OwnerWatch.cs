using OnionShare.Contracts;

namespace OnionShare.Engine.Services;

/// <summary>Stops the services whose owning process has ended, however it ended.</summary>
public sealed class OwnerWatch(ServiceRegistry services, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var owned = services.Alive.Where(service => service.Owner is not null).GroupBy(service => service.Owner!);
            foreach (var service in owned.Where(group => !group.Key.IsAlive()).SelectMany(group => group))
                service.Stop(StopReason.OwnerEnded, force: true);
        }
    }
}
