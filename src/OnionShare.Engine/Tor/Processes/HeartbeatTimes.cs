
namespace OnionShare.Engine.Tor.Processes;

/// <summary>When a tor is asked whether it still answers, and how long it may be silent.</summary>
/// <param name="Interval">The time between two questions.</param>
/// <param name="Limit">How long an answer may take before tor counts as silent. A busy one answers within milliseconds.</param>
/// <param name="Patience">How long it may be silent before it is given up: a stopped one may go on, a broken connection never will.</param>
internal sealed record HeartbeatTimes(TimeSpan Interval, TimeSpan Limit, TimeSpan Patience)
{
    public static HeartbeatTimes Usual { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(2));

    /// <summary>Never asked.</summary>
    public static HeartbeatTimes Never { get; } = new(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
