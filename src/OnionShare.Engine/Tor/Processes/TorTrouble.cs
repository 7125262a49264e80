using System.Globalization;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>What can go wrong with a tor that runs, in words for a person.</summary>
internal static class TorTrouble
{
    public static Problem Ended(string reason, bool isOwn) => isOwn
        ? new Problem(
            ProblemCodes.TorNotStarted, reason, "It is started again while services need it. If it ends again and again, try to run it by hand.")
        : new Problem(
            ProblemCodes.TorControl, reason, "The engine tries to reach it again while services need it. Look whether that tor runs.");

    /// <summary>A tor that could not be started, or not be run at all.</summary>
    public static ProblemException NotStarted(string detail, string? target, string? advice = null, Exception? cause = null) =>
        new(ProblemCodes.TorNotStarted, detail, advice ?? "Try to run it by hand, or set the path of another tor program.", target, cause: cause);

    /// <summary>tor is there, and does not answer.</summary>
    public static Problem Silent(TorSession session) => new(
        ProblemCodes.TorControl, $"tor does not answer ({session.Source}{(session.ProcessId is { } id ? $", process {id}" : "")}).",
        session.ProcessId is null
            ? "Services are back at their addresses as soon as it does. Look whether that tor, or what is between it and this computer, was stopped."
            : "Services are back at their addresses as soon as it does. If it was stopped (SIGSTOP), let it go on; if it hangs it is killed and started again in a few minutes.",
        session.Source);

    /// <summary>tor thinks that this computer's clock is wrong (control-spec 4.1.10, CLOCK_SKEW).</summary>
    /// <param name="skew">How far the clock is ahead; negative when it is behind.</param>
    public static Problem ClockSkew(TimeSpan skew) => new(
        ProblemCodes.TorClock, $"This computer's clock is {Span(skew)} {(skew < TimeSpan.Zero ? "behind" : "ahead of")} the Tor network's.",
        "Set the clock and the time zone right: with a wrong clock tor does not connect, or visitors don't find the services.");

    /// <summary>The clock was set while tor ran, or the computer slept (control-spec 4.1.10, CLOCK_JUMPED).</summary>
    public static Problem ClockJumped(TimeSpan jump) => new(
        ProblemCodes.TorClock, $"This computer's clock jumped {Span(jump)} {(jump < TimeSpan.Zero ? "back" : "forward")}, or the computer slept: tor makes its circuits anew.",
        "Services are published again as soon as it has. If that does not come, look whether the clock and the time zone are right.");

    public static Problem Network(NetworkTrouble trouble, string source) =>
        new(ProblemCodes.TorNotConnected, trouble.Detail, trouble.Advice, source);

    /// <summary>tor did not get connected to the Tor network in time.</summary>
    /// <param name="status">How it stands.</param>
    /// <param name="limit">The time it had.</param>
    /// <param name="trouble">What is wrong with bridges or proxy; null when nothing is.</param>
    public static Problem NotConnected(TorStatus status, TimeSpan limit, NetworkTrouble? trouble = null)
    {
        var clock = status.Error is { Code: ProblemCodes.TorClock } wrong ? wrong : null;
        var (cause, advice) = clock is not null ? (clock.Detail, clock.Advice) : (trouble?.Detail, trouble?.Advice);
        return new Problem(
            ProblemCodes.TorNotConnected,
            $"tor is not connected to the Tor network after {limit.TotalSeconds:0} s. It is at {status.BootstrapPercent} %: " +
            $"{status.BootstrapSummary ?? status.Error?.Detail ?? "not started"}.{(cause is null ? "" : " " + cause)}",
            advice ?? status.Connection switch
            {
                TorConnectionType.TorBrowser => "Look at Tor Browser: press Connect there, and set bridges there where Tor is blocked. Or use -LocalOnly.",
                TorConnectionType.System or TorConnectionType.ControlEndpoint =>
                    "Check the network and the clock of the machine it runs on. Where Tor is blocked, add bridges to its own torrc. Or use -LocalOnly.",
                _ => "Check the network and the clock of this machine. Where Tor is blocked, use bridges (Set-OnionTor). Or use -LocalOnly.",
            },
            status.Source);
    }

    private static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalSeconds: < 120 } s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalSeconds:0} seconds"),
        { TotalMinutes: < 120 } s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalMinutes:0} minutes"),
        { TotalHours: < 48 } s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalHours:0} hours"),
        var s => string.Create(CultureInfo.InvariantCulture, $"{s.TotalDays:0} days"),
    };
}
