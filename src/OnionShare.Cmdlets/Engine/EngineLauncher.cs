using System.Diagnostics;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// Starts the engine if none runs. Several shells may do so at once: all but one of their engines end at once, and all meet at the
/// one that stays.
/// </summary>
internal static class EngineLauncher
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    // How long an engine that gave way to another is believed that the other one will answer.
    private static readonly TimeSpan GivenWayLimit = TimeSpan.FromSeconds(3);

    /// <summary>Returns when an engine answers <paramref name="client"/>.</summary>
    public static async Task EnsureAsync(EngineClient client, CancellationToken cancellationToken)
    {
        if (await client.IsThereAsync(cancellationToken)) return;
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartLimit)
        {
            using var engine = EngineProcess.Start();
            if (!await GaveWayAsync(client, engine, StartLimit - waited.Elapsed, cancellationToken)) return;
        }

        throw EngineProcess.SilentFailure(StartLimit);
    }

    /// <summary>False when the engine answers; true when ours gave way to another that then did not answer.</summary>
    private static async Task<bool> GaveWayAsync(
        EngineClient client, EngineProcess engine, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        Stopwatch? sinceGivenWay = null;
        while (waited.Elapsed < limit)
        {
            if (await client.IsThereAsync(cancellationToken)) return false;
            if (engine.ExitCode is not (null or 0)) throw await engine.FailureAsync(cancellationToken);
            if (engine.ExitCode is 0) sinceGivenWay ??= Stopwatch.StartNew();
            if (sinceGivenWay?.Elapsed > GivenWayLimit) return true;
            await Task.Delay(Pause, cancellationToken);
        }

        throw EngineProcess.SilentFailure(StartLimit);
    }
}
