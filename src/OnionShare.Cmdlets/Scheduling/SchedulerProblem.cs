namespace OnionShare.Cmdlets.Scheduling;

internal static class SchedulerProblem
{
    public static ProblemException NotHere(string scheduler, string why, Exception? cause = null) => new(
        LocalCodes.SchedulerNotFound, $"There is no {scheduler} here: {why.TrimEnd('.', ' ')}.",
        "Use the scheduler this machine has to run the engine's command (see -WhatIf). Nothing was registered.", cause: cause);

    public static ProblemException Refused(string scheduler, string what, string words, string advice, Exception? cause = null) => new(
        LocalCodes.SchedulerRefused, $"{scheduler} did not {what}: {words.TrimEnd('.', ' ')}.", advice, cause: cause);

    /// <summary>The end of advice where a task could not be put in the place of another.</summary>
    public static string NothingRegistered(OnionScheduledTask? old) =>
        old is null ? "Nothing was registered." : $"Nothing was registered, and the old task, which ran {old.Schedule}, is gone.";

    public static ProblemException NotWritable(string text, string scheduler, string why) => new(
        LocalCodes.NotSchedulable, $"'{RemoteText.Show(text)}' can't be given to {scheduler}: {why}.",
        "Take another name or path. Nothing was registered.", text);

    public static ProblemException FileNotWritten(string path, Exception cause) => new(
        LocalCodes.SchedulerRefused, $"The file '{RemoteText.Show(path)}' can't be written: {cause.Message}.",
        "Check that its folder is yours and that the disk has room. Nothing was registered.", path, cause: cause);
}
