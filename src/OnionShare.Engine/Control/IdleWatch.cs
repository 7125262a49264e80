using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>Notices when an engine has had nothing to run for a while.</summary>
internal static class IdleWatch
{
    /// <summary>Waits until no service has been alive for <paramref name="limit"/>; the result, false, says that nothing need be cut.</summary>
    public static async Task<bool> WaitAsync(Engine engine, TimeSpan limit, CancellationToken cancellationToken)
    {
        var idleSince = engine.Time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Clamp(limit.TotalMilliseconds / 10, 50, 1000)), engine.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (engine.Services.Alive.Count > 0) idleSince = engine.Time.GetTimestamp();
            else if (engine.Time.GetElapsedTime(idleSince) >= limit) break;
        }

        return false;
    }
}
