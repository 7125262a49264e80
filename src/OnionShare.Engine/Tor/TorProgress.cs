using System.Globalization;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor;

/// <summary>
/// What a tor says of itself (control-spec 4.1.10): how far it is in connecting, and that the clock is wrong or has jumped.
/// </summary>
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
        switch (happened.Type, ControlText.Words(happened.Text).ElementAtOrDefault(1))
        {
            case ("STATUS_CLIENT", "BOOTSTRAP"):
                Advance(happened.Text);
                break;
            case ("STATUS_CLIENT", "CIRCUIT_ESTABLISHED"):
                Renewed();
                break;
            case ("STATUS_GENERAL", "CLOCK_SKEW") when ControlText.Attribute(happened.Text, "SKEW") is { } skew && Seconds(skew) is { } seconds:
                Tell(TorTrouble.ClockSkew(seconds));
                break;
            case ("STATUS_GENERAL", "CLOCK_JUMPED") when ControlText.Attribute(happened.Text, "TIME") is { } jump && Seconds(jump) is { } seconds:
                lock (_lock) _circuitsLost = true;
                Tell(TorTrouble.ClockJumped(seconds));
                break;
        }
    }

    public void Advance(string text)
    {
        if (BootstrapPhase.Parse(text) is not { } phase || _full.Task.IsCompleted)
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

    private static TimeSpan? Seconds(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
        ? TimeSpan.FromSeconds(Math.Clamp(seconds, -10_000_000_000, 10_000_000_000))
        : null;

    // Changes when the clock is set, and only then (but for a computer that slept, on some systems).
    private static TimeSpan Difference(TimeProvider time, long timestamp) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch) - time.GetElapsedTime(0, timestamp);
}
