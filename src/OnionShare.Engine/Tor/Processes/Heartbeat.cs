using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>
/// Asks a tor again and again for something that costs it nothing. A process that hangs or was stopped, and a connection that broke without a
/// word, can't be told from one that has nothing to say in any other way.
/// </summary>
internal sealed class Heartbeat(TorSession session, HeartbeatTimes times, Action<BootstrapPhase?> answered, Action silent)
{
    // This computer, or the engine itself, may have slept: then tor had no time to answer either.
    private static readonly TimeSpan Overslept = TimeSpan.FromSeconds(5);

    /// <summary>Asks until the session ends or is given up here.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!session.Ended.IsCompleted)
        {
            await Task.Delay(times.Interval, session.Time, cancellationToken);
            var answer = AskAsync(cancellationToken);
            if (!await InTimeAsync(answer, times.Limit, cancellationToken))
            {
                silent();
                if (!await InTimeAsync(answer, times.Patience, cancellationToken))
                {
                    session.GiveUp($"tor has not answered for {(times.Limit + times.Patience).TotalSeconds:0} s.");
                    return;
                }
            }

            if (await answer is { IsThere: true } answers)
                answered(answers.Phase);
        }
    }

    // That tor or a filter refuses to tell the phase is an answer, too.
    private async Task<(bool IsThere, BootstrapPhase? Phase)> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (true, BootstrapPhase.Of(await session.Control.SendAsync(BootstrapPhase.Question, Timeout.InfiniteTimeSpan, cancellationToken)));
        }
        catch (ControlRefusedException)
        {
            return (true, null);
        }
        catch (ControlClosedException)
        {
            return default;
        }
    }

    private async Task<bool> InTimeAsync(Task answer, TimeSpan limit, CancellationToken cancellationToken)
    {
        long since;
        do
        {
            since = session.Time.GetTimestamp();
            await ((Task)Task.WhenAny(answer, session.Ended)).WaitAsync(limit, session.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // that the time is over is asked below
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.IsCompleted || session.Ended.IsCompleted)
                return true;
        }
        while (session.Time.GetElapsedTime(since) > limit + Overslept);
        return false;
    }
}

/// <summary>When a tor is asked whether it still answers, and how long it may be silent.</summary>
/// <param name="Interval">The time between two questions.</param>
/// <param name="Limit">How long an answer may take before tor counts as silent. A busy one answers within milliseconds.</param>
/// <param name="Patience">How long it may be silent before it is given up: a stopped one may go on, a broken connection never will.</param>
internal sealed record HeartbeatTimes(TimeSpan Interval, TimeSpan Limit, TimeSpan Patience)
{
    public static HeartbeatTimes Usual { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(2));

    public static HeartbeatTimes Never { get; } = new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
