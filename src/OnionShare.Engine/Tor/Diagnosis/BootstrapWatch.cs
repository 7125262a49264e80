using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>How a tor's way to the Tor network ended.</summary>
/// <param name="Connected">Whether it got there.</param>
/// <param name="Ended">Why that tor is gone; null when it is there.</param>
internal sealed record BootstrapEnd(bool Connected, Problem? Ended = null);

/// <summary>Follows a tor on its way to the Tor network, and says when it does not get on. It does nothing to it.</summary>
internal sealed class BootstrapWatch : IAsyncDisposable
{
    private const int MostWarnings = 20;

    // What tor warns of on the way that has nothing to do with the way.
    private static readonly string[] Harmless = ["TestingTorNetwork", "no authentication method", "connections have failed", "connections died", "Tor is running as root"];

    private readonly TorHost _host;
    private readonly TorSession _session;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly List<string> _warnings = [];
    private TaskCompletionSource _changed = New();
    private IAsyncDisposable? _subscription;
    private BootstrapPhase? _phase;
    private TimeSpan? _skew;
    private bool _isTroubled;
    private long _progressed;

    public BootstrapWatch(TorHost host, TorSession session)
    {
        (_host, _session) = (host, session);
        _progressed = session.Time.GetTimestamp();
        session.Control.EventReceived += Take;
        host.StatusChanged += Look;
    }

    /// <summary>How long it may stand still when it has told of trouble, and when it has not.</summary>
    public (TimeSpan Troubled, TimeSpan Silent) Patience { get; init; } = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120));

    /// <summary>The last phase, with its trouble; null when none is known.</summary>
    public BootstrapPhase? Phase
    {
        get { lock (_lock) return _phase; }
    }

    /// <summary>How far this computer's clock is ahead, as tor says; null when it says nothing.</summary>
    public TimeSpan? Skew
    {
        get { lock (_lock) return _skew; }
    }

    /// <summary>What it warned of since it last got on, the latest last.</summary>
    public IReadOnlyList<string> Warnings
    {
        get { lock (_lock) return [.. _warnings]; }
    }

    public TimeSpan Standstill
    {
        get { lock (_lock) return _session.Time.GetElapsedTime(_progressed); }
    }

    /// <summary>Asks for tor's warnings, too, and for the phase it is in.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            _subscription = await _session.Control.WatchAsync("WARN", cancellationToken);
            Advance(BootstrapPhase.Of(await _session.Control.SendAsync(BootstrapPhase.Question, cancellationToken)));
        }
        catch (ControlException)
        {
            // A filter in front of tor: the events still come, if it lets them. Or tor is gone, which the wait for its end tells.
        }
    }

    /// <summary>Waits until tor is connected, is gone, or stands still for too long.</summary>
    public async Task<BootstrapEnd> EndAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        var since = _session.Time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_lock) changed = _changed.Task;
            var status = _host.Status;
            if (status.State == TorState.Connected && ReferenceEquals(_host.Present, _session))
                return new BootstrapEnd(true);
            if (_session.Ended.IsCompleted || !ReferenceEquals(_host.Present, _session))
                return new BootstrapEnd(false, status.Error ?? TorTrouble.Ended(_session.EndReason, _session.ProcessId is not null));
            var left = Left(limit - _session.Time.GetElapsedTime(since));
            if (left <= TimeSpan.Zero)
                return new BootstrapEnd(false);
            await Task.WhenAny(changed, _session.Ended, Task.Delay(left, _session.Time, either.Token));
            either.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Waits until tor has told of a wrong clock, or for the end of the task.</summary>
    public async Task SkewOrAsync(Task end)
    {
        while (!end.IsCompleted)
        {
            Task changed;
            lock (_lock)
            {
                if (_skew is not null)
                    return;
                changed = _changed.Task;
            }

            await Task.WhenAny(changed, end);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _session.Control.EventReceived -= Take;
        _host.StatusChanged -= Look;
        try
        {
            if (_subscription is not null)
                await _subscription.DisposeAsync();
        }
        catch (ControlClosedException)
        {
            // It is gone, and the subscription with it.
        }
    }

    private TimeSpan Left(TimeSpan ofAll)
    {
        lock (_lock)
        {
            var patience = (_isTroubled ? Patience.Troubled : Patience.Silent) - _session.Time.GetElapsedTime(_progressed);
            return patience < ofAll ? patience : ofAll;
        }
    }

    private void Look(TorStatus status) => Change(() => { });

    private void Take(ControlEvent happened)
    {
        switch (TorEvent.Of(happened))
        {
            case BootstrapPhase phase:
                Advance(phase);
                break;
            case TorEvent.ClockSkew { Ahead: var ahead }:
                Change(() => _skew = ahead);
                break;
            case null when happened.Type == "WARN" && !Harmless.Any(text => happened.Text.Contains(text, StringComparison.Ordinal)):
                Change(() =>
                {
                    if (_warnings.Count == MostWarnings)
                        _warnings.RemoveAt(0);
                    _warnings.Add(RemoteText.Show(happened.Text, 300));
                    _isTroubled = true;
                });
                break;
        }
    }

    private void Advance(BootstrapPhase? phase)
    {
        if (phase is null)
            return;
        Change(() =>
        {
            if (phase.Percent > (_phase?.Percent ?? -1))
            {
                _progressed = _session.Time.GetTimestamp();
                _isTroubled = false;
                _warnings.Clear();
            }

            _isTroubled |= phase.Trouble is not null;
            _phase = phase.Trouble is null && phase.Percent == _phase?.Percent ? _phase : phase;
        });
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            change();
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
