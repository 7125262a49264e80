using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>Notices when an engine has had nothing to run for a while.</summary>
internal static class IdleWatch
{
    /// <summary>
    /// Waits until no service has been alive and nothing else been done for <paramref name="limit"/>; no new one is taken from then on. tor is let go
    /// then; the engine waits on while a session lives that may want to know how its services ended.
    /// </summary>
    public static async Task WaitAsync(Engine engine, TimeSpan limit, CancellationToken cancellationToken)
    {
        var idleSince = engine.Time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Clamp(limit.TotalMilliseconds / 10, 50, 1000)), engine.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (!engine.Services.IsIdle || engine.Work.IsBusy) idleSince = engine.Time.GetTimestamp();
            if (engine.Time.GetElapsedTime(idleSince) < limit) continue;
            if (engine.Services.IsRemembered)
            {
                if (engine.Tor.Status.State != TorState.Off) await engine.TorConnector.DisconnectAsync(force: false);
                continue;
            }

            // From here on a request that comes too late is told so, rather than lost.
            if (engine.Services.TryCloseIdle()) break;
        }
    }
}
