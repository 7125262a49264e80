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
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    // How long an engine that gave way to another is believed that the other one will answer.
    private static readonly TimeSpan GivenWayLimit = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan BetweenEnginesLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenEnginesPause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Asks the engine, starting one if none runs. Where the one that ran was just about to end and did nothing, the next one is asked.
    /// </summary>
    public static async Task<T> AskAsync<T>(EngineClient client, Func<EngineClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            await EnsureAsync(client, cancellationToken);
            try
            {
                return await ask(client);
            }
            catch (ProblemException exception) when (IsBetweenEngines(exception.Problem) && waited.Elapsed < BetweenEnginesLimit)
            {
                await Task.Delay(BetweenEnginesPause, cancellationToken);
            }
        }
    }

    /// <summary>Returns when an engine answers <paramref name="client"/>.</summary>
    private static async Task EnsureAsync(EngineClient client, CancellationToken cancellationToken)
    {
        if (await ThereAsync(client, cancellationToken) is { } there)
        {
            if (there.Version == EngineProgram.Version) return;
            await MakeRoomAsync(client, there, cancellationToken);
        }

        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartLimit)
        {
            using var engine = EngineProcess.Start();
            if (!await GaveWayAsync(client, engine, StartLimit - waited.Elapsed, cancellationToken)) return;
        }

        throw EngineProcess.SilentFailure(StartLimit);
    }

    // One that ends while it is asked is one that is not there.
    private static async Task<EngineStatus?> ThereAsync(EngineClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.EngineAsync(cancellationToken);
        }
        catch (ProblemException ended) when (ended.Problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone)
        {
            return null;
        }
    }

    // An engine of another version may not know of what it is asked for, and pass over it in silence.
    private static async Task MakeRoomAsync(EngineClient client, EngineStatus there, CancellationToken cancellationToken)
    {
        if (there.Services > 0)
        {
            throw new ProblemException(
                LocalCodes.EngineOtherVersion,
                $"The engine that runs is version {there.Version}, with {(there.Services == 1 ? "one service" : $"{there.Services} services")}; this module is version {EngineProgram.Version}.",
                "Stop-OnionEngine ends it and its services, of which Restore-OnionService brings back those that are saved. "
                + "Or go on with that version of the module in another PowerShell.");
        }

        await client.StopEngineAsync(force: false, cancellationToken);
        while (await client.IsThereAsync(cancellationToken)) await Task.Delay(Pause, cancellationToken);
    }

    private static bool IsBetweenEngines(Problem problem) => problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineStopping;

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
