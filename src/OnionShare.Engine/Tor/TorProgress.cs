using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor;

/// <summary>How far a tor is in connecting, and whether the clock is wrong or has jumped, from what it says of itself.</summary>
internal sealed class TorProgress(Action<Func<TorStatus, TorStatus>> tell, TimeProvider time)
{
    // Less is nothing that a person did or that tor minds.
    private static readonly TimeSpan NoticedChange = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TimeSpan _clock = Difference(time, time.GetTimestamp());
    private Problem? _trouble;
    private bool _circuitsLost;

    /// <summary>Completes when tor is connected to the Tor network.</summary>
    public Task Connected => _full.Task;

    /// <summary>What is wrong though tor runs; null when nothing is.</summary>
    public Problem? Trouble
    {
        get { lock (_lock) return _trouble; }
    }

    /// <summary>Raised when tor has new circuits after it had lost all of them.</summary>
    public event Action? CircuitsRenewed;

    public void Take(ControlEvent happened)
    {
        switch (TorEvent.Of(happened))
        {
            case BootstrapPhase phase:
                Advance(phase);
                break;
            case TorEvent.CircuitEstablished:
                Renewed();
                break;
            case TorEvent.ClockSkew { Ahead: var ahead }:
                Tell(TorTrouble.ClockSkew(ahead));
                break;
            case TorEvent.ClockJumped { By: var jump }:
                lock (_lock) _circuitsLost = true;
                Tell(TorTrouble.ClockJumped(jump));
                break;
        }
    }

    /// <summary>It is in that phase; null when it did not say.</summary>
    public void Advance(BootstrapPhase? phase)
    {
        if (phase is null || _full.Task.IsCompleted)
            return;
        tell(before => before with
        {
            BootstrapPercent = phase.Percent,
            BootstrapSummary = phase.ToString(),
            Error = phase.Percent >= NetworkTrouble.Reached && before.Error is { Code: ProblemCodes.TorNotConnected } ? null : before.Error,
        });
        if (phase.Percent == 100)
            _full.TrySetResult();
    }

    /// <summary>Nothing tells how far tor is, and so it is taken for connected.</summary>
    public void Assume() => _full.TrySetResult();

    /// <summary>
    /// Looks whether somebody has set the clock since the last look: what tor said of a wrong clock is old then, and it says so again if it still is.
    /// </summary>
    public void LookAtClock()
    {
        var clock = Difference(time, time.GetTimestamp());
        bool wasSet;
        lock (_lock)
        {
            wasSet = (clock - _clock).Duration() > NoticedChange && _trouble is { Code: ProblemCodes.TorClock } && !_circuitsLost;
            _clock = clock;
        }

        if (wasSet)
            Tell(null);
    }

    private void Renewed()
    {
        lock (_lock)
        {
            if (!_circuitsLost)
                return;
            _circuitsLost = false;
        }

        Tell(null);
        CircuitsRenewed?.Invoke();
    }

    private void Tell(Problem? trouble)
    {
        lock (_lock)
            _trouble = trouble;
        tell(before => before.State is TorState.Lost ? before : before with { Error = trouble });
    }

    // Changes when the clock is set, and only then (but for a computer that slept, on some systems).
    private static TimeSpan Difference(TimeProvider time, long timestamp) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch) - time.GetElapsedTime(0, timestamp);
}
