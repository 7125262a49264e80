namespace OnionShare.Cmdlets.Commands;

/// <summary>The times a command is given for a service.</summary>
internal static class Times
{
    // The engine's limit, too. A date further away is one of another calendar, or mistyped.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(3660);

    // A time of unspecified kind is local: that is what '17:00' typed at a prompt means, and what ToUniversalTime (unlike ToLocalTime) takes it for.
    public static DateTimeOffset? Moment(OnionCommand command, string parameter, DateTime time) =>
        command.IsGiven(parameter) ? new DateTimeOffset(time.ToUniversalTime()).ToLocalTime() : null;

    /// <summary>Throws a terminating error when the time was given and is not to come.</summary>
    public static void RequireFuture(OnionCommand command, string parameter, DateTime time)
    {
        if (Moment(command, parameter, time) is not { } moment) return;
        if (moment <= DateTimeOffset.Now) command.ThrowTerminatingError(Errors.TimePassed(parameter, moment));
        if (moment - DateTimeOffset.Now > Furthest) command.ThrowTerminatingError(Errors.TimeTooFar(parameter, moment));
    }
}
