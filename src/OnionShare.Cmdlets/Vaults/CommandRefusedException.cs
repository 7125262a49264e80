namespace OnionShare.Cmdlets.Vaults;

/// <summary>A command of another module reported an error.</summary>
internal sealed class CommandRefusedException(ErrorRecord error) : Exception(Reason(error), error.Exception)
{
    // The outermost says what could not be done, which whoever asked knows; the innermost says why.
    private static string Reason(ErrorRecord error)
    {
        var cause = error.Exception;
        while (cause.InnerException is { } inner) cause = inner;
        var why = cause is RuntimeException { ErrorRecord: { } record } ? record.ToString() : cause.Message;
        return string.IsNullOrWhiteSpace(why) ? error.ToString() : why;
    }
}
