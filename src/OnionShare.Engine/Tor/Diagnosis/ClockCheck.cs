using System.Globalization;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>Whether the clock is right, by what tor and the Tor network's consensus say.</summary>
internal static class ClockCheck
{
    // The consensus of the hour is fetched at a random time of it, and a computer that slept may have the one before.
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    /// <param name="session">The tor.</param>
    /// <param name="skew">How far the clock is ahead, as tor says; null when it says nothing.</param>
    /// <param name="told">What is known to be wrong with this tor; null for nothing.</param>
    /// <param name="warnings">What tor warned of.</param>
    /// <param name="isConnected">Whether it is connected all the same.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CheckOutcome> JudgeAsync(
        TorSession session, TimeSpan? skew, Problem? told, IReadOnlyList<string> warnings, bool isConnected, CancellationToken cancellationToken)
    {
        var now = session.Time.GetUtcNow();
        var shows = string.Create(CultureInfo.InvariantCulture, $"It shows {now:yyyy-MM-dd HH:mm} UTC.");
        if (skew is { } off)
            told = TorTrouble.ClockSkew(off);
        if (told is { Code: ProblemCodes.TorClock })
            return new CheckOutcome(isConnected ? TorCheckResult.Warning : TorCheckResult.Failed, $"{told.Detail} {shows}", told.Advice);
        if (!isConnected && warnings.Any(IsAboutTime))
        {
            return CheckOutcome.Failed(
                $"To tor the relays' certificates seem to be of another time: this computer's clock must be days off. {shows}", TorTrouble.ClockSkew(default).Advice);
        }

        var (after, until) = (await TimeAsync(session, "valid-after", cancellationToken), await TimeAsync(session, "valid-until", cancellationToken));
        if (after is null || until is null)
            return CheckOutcome.Skipped("tor has nothing yet to compare the clock with.");
        if (now < after - Early)
            return Wrong($"at least {Span(after.Value - now)} behind the Tor network's");
        if (now > until + Late)
            return Wrong($"at least {Span(now - until.Value)} ahead of the Tor network's, or tor gets no new consensus");
        return CheckOutcome.Passed(string.Create(
            CultureInfo.InvariantCulture, $"The clock fits the consensus of the Tor network, which holds from {after:HH:mm} to {until:HH:mm} UTC."));

        CheckOutcome Wrong(string how) => new(
            isConnected ? TorCheckResult.Warning : TorCheckResult.Failed, $"This computer's clock is {how}. {shows}", TorTrouble.ClockSkew(default).Advice);
    }

    /// <summary>Whether a warning of tor's is one that a wrong clock makes.</summary>
    public static bool IsAboutTime(string warning) =>
        warning.Contains("certificate expired", StringComparison.OrdinalIgnoreCase)
        || warning.Contains("not yet valid", StringComparison.OrdinalIgnoreCase)
        || warning.Contains("skewed time", StringComparison.OrdinalIgnoreCase);

    private static async Task<DateTimeOffset?> TimeAsync(TorSession session, string which, CancellationToken cancellationToken)
    {
        try
        {
            var key = "consensus/" + which;
            var reply = await session.Control.SendAsync("GETINFO " + key, cancellationToken);
            return DateTimeOffset.TryParseExact(
                reply.Value(key), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
        }
        catch (ControlException)
        {
            return null; // an old tor, a filter in front of it, or a tor that is gone
        }
    }

    private static string Span(TimeSpan span) => span.TotalMinutes < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(span.TotalMinutes):0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalHours):0} hours");
}
