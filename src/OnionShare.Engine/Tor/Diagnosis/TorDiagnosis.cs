using System.Runtime.CompilerServices;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>
/// Goes the whole way that a visitor's bytes take, from the tor program to an onion service, and tells of each step. Services that run are not
/// disturbed; tor is left as it was found.
/// </summary>
internal sealed class TorDiagnosis(TorHost host, TorConnector connector, TorOptions options, Func<TorSettings> settings, TimeProvider time)
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);

    // tor may get through with a wrong clock; whether it does is worth this wait, to say how bad it is.
    private static readonly TimeSpan AfterSkew = TimeSpan.FromSeconds(15);

    private readonly TorLeases _leases = new(host, connector);

    /// <summary>How long tor may stand still on its way when it has told of trouble, and when it has not.</summary>
    public (TimeSpan Troubled, TimeSpan Silent) Patience { get; init; } = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120));
    public Func<bool> HasNetwork { get; init; } = BootstrapTrouble.ThereIsANetwork;

    /// <summary>Makes all checks, each as soon as the one before is done. Whoever stops reading ends it.</summary>
    /// <exception cref="ProblemException">The settings can't be read.</exception>
    public async IAsyncEnumerable<TorCheck> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var current = settings();
        await using var lease = _leases.Take();
        using var opening = new TorOpening(host, session => new BootstrapWatch(host, session) { Patience = Patience });
        var report = new Report(time);
        TorExecutable? executable = null;
        var isFound = host.Present is null && LooksForProgram(current);
        if (isFound)
        {
            (var outcome, executable) = await ExecutableCheck.FindAsync(TorPlaces.OfThisMachine(options.ExecutablePath ?? current.Executable, options.StateFolder), cancellationToken);
            yield return report.Of(CheckNames.Executable, outcome);
            if (executable is null)
            {
                foreach (var skipped in report.Rest("there is no tor program to run"))
                    yield return skipped;
                yield break;
            }
        }

        var (session, watch, problem) = await opening.OpenAsync(cancellationToken);
        await using var watching = watch;
        if (session is null || watch is null)
        {
            var isMissing = problem!.Code == ProblemCodes.TorNotFound;
            if (!isFound)
                yield return report.Of(CheckNames.Executable, isMissing ? CheckOutcome.Failed(problem) : CheckOutcome.Skipped($"The engine was to use {current.Describe()}."));
            yield return report.Of(CheckNames.Version, executable is null
                ? CheckOutcome.Skipped("There is no tor to ask for its version.")
                : VersionCheck.Judge(executable.Version.ToString(), null));
            if (!isMissing)
                yield return report.Of(CheckNames.Control, CheckOutcome.Failed(problem));
            foreach (var skipped in report.Rest(isMissing ? "there is no tor program to run" : "tor can't be used"))
                yield return skipped;
            yield break;
        }

        if (!isFound)
            yield return report.Of(CheckNames.Executable, ExecutableCheck.Running(session));
        await foreach (var check in FromVersionAsync(report, session, watch, current, cancellationToken))
            yield return check;
    }

    private async IAsyncEnumerable<TorCheck> FromVersionAsync(
        Report report, TorSession session, BootstrapWatch watch, TorSettings current, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return report.Of(CheckNames.Version, VersionCheck.Judge(session.Version, await OpinionAsync(session, cancellationToken)));

        var used = host.Used ?? current;
        var control = await ControlCheck.AskAsync(session, !used.IsSame(current), cancellationToken);
        yield return report.Of(CheckNames.Control, control);
        if (control.Result == TorCheckResult.Failed)
        {
            foreach (var skipped in report.Rest("tor does not answer"))
                yield return skipped;
            yield break;
        }

        await watch.AskAsync(cancellationToken);
        var ending = watch.EndAsync(used.ConnectTimeout ?? UsualLimit, cancellationToken);
        await watch.SkewOrAsync(ending);
        await Task.WhenAny(ending, Task.Delay(AfterSkew, time, cancellationToken));
        // What was waited for is tor's way to the network, although its check is told after the clock's.
        var underWay = report.Lap();
        var connected = ending.IsCompletedSuccessfully && (await ending).Connected;
        var clock = await ClockCheck.JudgeAsync(session, watch.Skew, host.Status.Error, watch.Warnings, connected, cancellationToken);
        yield return report.Of(CheckNames.Clock, clock);

        var end = await ending;
        var bootstrap = end switch
        {
            { Connected: true } => CheckOutcome.Passed($"tor is connected to the Tor network{(host.Status.Transports is [] ? "" : $", through {string.Join(", ", host.Status.Transports)}")}."),
            { Ended: { } gone } => CheckOutcome.Failed(gone),
            _ => new BootstrapTrouble(
                watch.Phase, watch.Warnings, used, session.Connection, watch.Standstill, clock.Result == TorCheckResult.Failed, HasNetwork()).Explain(),
        };
        yield return report.Of(CheckNames.Bootstrap, bootstrap, underWay);
        if (!end.Connected)
        {
            foreach (var skipped in report.Rest("tor is not connected"))
                yield return skipped;
            yield break;
        }

        var (onion, descriptor) = await TestOnion.PublishAsync(host, session, time, cancellationToken);
        await using var published = onion;
        yield return report.Of(CheckNames.Descriptor, descriptor);
        yield return report.Of(CheckNames.RoundTrip, onion is null
            ? CheckOutcome.Skipped("Not looked at, because no onion service could be published.")
            : await onion.VisitAsync(cancellationToken));
    }

    private bool LooksForProgram(TorSettings current) => current.Connection switch
    {
        TorConnectionType.Own => true,
        TorConnectionType.Automatic => options.ExecutablePath is not null || current.ControlEndpoint is null,
        _ => false,
    };

    private static async Task<string?> OpinionAsync(TorSession session, CancellationToken cancellationToken)
    {
        try
        {
            const string key = "status/version/current";
            return (await session.Control.SendAsync("GETINFO " + key, Timeout.InfiniteTimeSpan, cancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(10), session.Time, cancellationToken)).Value(key);
        }
        catch (Exception e) when (e is ControlException or TimeoutException)
        {
            return null; // whether it answers at all is the next question
        }
    }

    /// <summary>Makes the checks of one diagnosis, and knows which are left.</summary>
    private sealed class Report(TimeProvider time)
    {
        private readonly HashSet<string> _told = [];
        private long _since = time.GetTimestamp();

        public TorCheck Of(string name, CheckOutcome outcome, TimeSpan before = default)
        {
            _told.Add(name);
            return outcome.As(name, before + Lap());
        }

        /// <summary>The time since the last check or lap.</summary>
        public TimeSpan Lap()
        {
            var now = time.GetTimestamp();
            var elapsed = time.GetElapsedTime(_since, now);
            _since = now;
            return elapsed;
        }

        public IEnumerable<TorCheck> Rest(string because) =>
            CheckNames.All.Where(name => !_told.Contains(name)).ToArray().Select(name => Of(name, CheckOutcome.Skipped($"Not looked at, because {because}.")));
    }
}

/// <summary>The steps of a diagnosis, in their order (see <see cref="Contracts.TorCheck.Name"/>).</summary>
internal static class CheckNames
{
    public const string Executable = "executable", Version = "version", Control = "control", Clock = "clock", Bootstrap = "bootstrap",
        Descriptor = "descriptor", RoundTrip = "round-trip";

    public static readonly IReadOnlyList<string> All = [Executable, Version, Control, Clock, Bootstrap, Descriptor, RoundTrip];
}
