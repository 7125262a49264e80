using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor;

/// <summary>
/// Keeps one way to a tor up: opens a tor, watches it, and opens the next when it is lost, until disposal. Without onions it does not go on after
/// a failure to open.
/// </summary>
internal sealed class TorSupervisor : IAsyncDisposable
{
    // The first at once: most often a tor ends once, and the next one stays.
    private static readonly TimeSpan[] Delays = [.. new[] { 0, 1, 2, 5, 10, 30, 60 }.Select(s => TimeSpan.FromSeconds(s))];
    private static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    private readonly TorSupervision _parts;
    private readonly ITorSource _source;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private volatile bool _hasGivenUp;
    private volatile TorSession? _session;
    private int _disposed;

    /// <summary>Begins.</summary>
    /// <param name="settings">What the source was picked by.</param>
    /// <param name="source">The way; disposed at the end.</param>
    /// <param name="parts">What outlives one way.</param>
    public TorSupervisor(TorSettings settings, ITorSource source, TorSupervision parts)
    {
        Settings = settings;
        _source = source;
        _parts = parts;
        _running = Task.Run(() => SuperviseAsync(_stop.Token), CancellationToken.None);
    }

    public TorSettings Settings { get; }

    /// <summary>How the first attempt went: completes when tor is connected, fails with a <see cref="ProblemException"/> when it could not be had.</summary>
    public Task First => _first.Task;
    public bool HasEnded => _hasGivenUp || _running.IsCompleted;

    /// <summary>What is wrong with bridges or proxy, now that tor has had its time; null when that is not what keeps it from connecting.</summary>
    public NetworkTrouble? NetworkTrouble => _session is { } session ? TroubleOf(session, waited: true) : null;

    private TorStatusBoard Board => _parts.Board;

    private TimeProvider Time => _parts.Time;

    /// <summary>Takes tor down, or leaves it when it is somebody else's.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            await _stop.CancelAsync();
        await _running;
    }

    private async Task SuperviseAsync(CancellationToken stop)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                Problem problem;
                var since = Time.GetTimestamp();
                try
                {
                    Board.Tell(before => before with { State = TorState.Starting, BootstrapPercent = 0, BootstrapSummary = null });
                    await using var session = await _source.OpenAsync(stop);
                    problem = await RunAsync(session, stop);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
                {
                    problem = e is ProblemException told ? told.Problem : TorTrouble.Ended(e.Message, Settings.RunsTor());
                    _parts.Logger.LogWarning(e, "tor could not be had");
                    if (Fail(problem))
                        return;
                }

                Board.Tell(new TorStatus { State = TorState.Lost, Error = problem });
                failures = Time.GetElapsedTime(since) > Steady ? 0 : failures;
                await Task.Delay(Delays[Math.Min(failures++, Delays.Length - 1)], Time, stop);
            }
        }
        catch (OperationCanceledException)
        {
            _parts.Logger.LogDebug("tor has been let go");
        }
        finally
        {
            _first.TrySetCanceled(CancellationToken.None);
            await _source.DisposeAsync();
        }
    }

    // From the fresh control connection to the end of that tor; gives the reason of the end.
    private async Task<Problem> RunAsync(TorSession session, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var progress = new TorProgress(Board, Time);
        session.Control.EventReceived += progress.Take;
        session.Log.Warned += () => LookAtNetwork(session, progress);
        _session = session;
        var heartbeat = Task.CompletedTask;
        var restoring = Task.CompletedTask;
        try
        {
            _parts.Gate.Present = session; // before anybody is told, so that who listens to the board finds it
            var bootstrapping = session.Status with { State = TorState.Bootstrapping };
            Board.Tell(bootstrapping);
            await session.Events.BeginAsync(stop);
            await AskPhaseAsync(session, progress, stop);
            heartbeat = new Heartbeat(session, _parts.Times, phase => Answered(session, progress, phase), () => Silence(session)).RunAsync(ending.Token);
            await Task.WhenAny(progress.Connected, session.Ended).WaitAsync(stop);
            if (!progress.Connected.IsCompleted)
            {
                await ExitAsync(session);
                throw new ProblemException(TorTrouble.Ended(session.EndReason, session.ProcessId is not null));
            }

            Board.Tell(before => before with { State = TorState.Connected, Error = progress.Trouble });
            _parts.Logger.LogInformation("tor {Version} is connected", session.Version);
            progress.CircuitsRenewed += () => _ = _parts.Onions.RenewAsync(session);
            _parts.Gate.Open(session);
            restoring = _parts.Onions.RestoreAsync(session);
            _parts.Connected(Settings);
            _first.TrySetResult();
            await session.Ended.WaitAsync(stop);
            await ExitAsync(session);
        }
        finally
        {
            _session = null;
            _parts.Gate.Present = null;
            _parts.Gate.Close();
            session.Forget();
            _parts.Onions.Lose(session);
            session.GiveUp(session.EndReason is { Length: > 0 } reason ? reason : "The engine let tor go.");
            await ending.CancelAsync();
            await heartbeat.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // cancelled is how it ends
        }

        await restoring;
        _parts.Logger.LogWarning("tor is lost: {Reason}", session.EndReason);
        return TorTrouble.Ended(session.EndReason, session.ProcessId is not null);
    }

    private static async Task AskPhaseAsync(TorSession session, TorProgress progress, CancellationToken stop)
    {
        try
        {
            var phase = await session.Control.SendAsync(Heartbeat.Question, stop);
            progress.Advance(phase.Value("status/bootstrap-phase") ?? "");
        }
        catch (ControlRefusedException)
        {
            // A filter in front of a tor that is somebody else's: it was there before, and so most likely is connected.
            progress.Assume();
        }
    }

    private NetworkTrouble? TroubleOf(TorSession session, bool waited) => session.Network is { } network
        ? NetworkTrouble.Of(network, session.Log, Board.Status.BootstrapPercent, waited)
        : null;

    // Told as soon as it is known, though tor goes on trying.
    private void LookAtNetwork(TorSession session, TorProgress progress)
    {
        if (progress.Connected.IsCompleted || progress.Trouble is not null || TroubleOf(session, waited: false) is not { } trouble)
            return;
        Board.Tell(before => before.State == TorState.Bootstrapping ? before with { Error = TorTrouble.Network(trouble, session.Source) } : before);
    }

    private void Silence(TorSession session)
    {
        session.Answers(false);
        _parts.Gate.Close();
        _parts.Logger.LogWarning("tor does not answer");
        Board.Tell(before => before with { State = TorState.Lost, Error = TorTrouble.Silent(session) });
        _parts.Onions.Lose(session);
    }

    private void Answered(TorSession session, TorProgress progress, string phase)
    {
        session.Answers(true);
        progress.Advance(phase);
        progress.LookAtClock();
        if (Board.Status.State != TorState.Lost || session.Ended.IsCompleted)
            return;
        _parts.Logger.LogInformation("tor answers again");
        Board.Tell(before => before with
        {
            State = progress.Connected.IsCompleted ? TorState.Connected : TorState.Bootstrapping,
            Error = progress.Trouble,
        });
        if (!progress.Connected.IsCompleted)
            return;
        _parts.Gate.Open(session);
        _parts.Onions.Regain(session);
    }

    // Whether nobody needs it, and it is not tried again.
    private bool Fail(Problem problem)
    {
        var isLast = _parts.Onions.IsEmpty;
        if (isLast)
        {
            _hasGivenUp = true; // before anybody is told, so that who asks again gets a new attempt
            Board.Tell(new TorStatus { State = TorState.Failed, Error = problem });
            _parts.Gate.Fail(new ProblemException(problem));
        }

        _first.TrySetException(new ProblemException(problem));
        _ = _first.Task.Exception; // nobody may have waited for it
        return isLast;
    }

    // The control connection breaks a moment before the process has ended, and only the process can tell why.
    private Task ExitAsync(TorSession session) => session.ProcessId is null
        ? Task.CompletedTask
        : Task.WhenAny(session.ProcessExited, Task.Delay(TimeSpan.FromSeconds(1), Time));
}
