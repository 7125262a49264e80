using System.Management.Automation;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands that say when a service is to stop have in common.</summary>
public abstract class TimedCommand : ServiceCommand
{
    // The engine's limit, too. A date further away is one of another calendar, or mistyped.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(3660);

    [Parameter(HelpMessage = "When the service is to stop."), Moment]
    public DateTime StopAt { get; set; }

    [Parameter(HelpMessage = "How long the service is to run, counted from the moment it is first reachable."), Duration]
    public TimeSpan StopAfter { get; set; }

    private protected DateTimeOffset? StopMoment => Moment(nameof(StopAt), StopAt);
    private protected TimeSpan? StopSpan => IsGiven(nameof(StopAfter)) ? StopAfter : null;

    /// <summary>Throws a terminating error for times that have passed or exclude each other.</summary>
    private protected virtual void CheckTimes()
    {
        Exclude(nameof(StopAt), nameof(StopAfter));
        RequireFuture(nameof(StopAt), StopAt);
    }

    /// <summary>Throws a terminating error when the time was given and is not to come.</summary>
    private protected void RequireFuture(string parameter, DateTime time)
    {
        if (Moment(parameter, time) is not { } moment) return;
        if (moment <= DateTimeOffset.Now) ThrowTerminatingError(Errors.TimePassed(parameter, moment));
        if (moment - DateTimeOffset.Now > Furthest) ThrowTerminatingError(Errors.TimeTooFar(parameter, moment));
    }

    // A time of unspecified kind is local: that is what '17:00' typed at a prompt means, and what ToUniversalTime (unlike ToLocalTime) takes it for.
    private protected DateTimeOffset? Moment(string parameter, DateTime time) =>
        IsGiven(parameter) ? new DateTimeOffset(time.ToUniversalTime()).ToLocalTime() : null;
}
