using OnionShare.Engine.Modes.Chat;

namespace OnionShare.Engine.Clients;

/// <summary>What goes wrong at the other end, in words. A server is a stranger: nothing it says is repeated but through <see cref="RemoteText"/>.</summary>
internal static class ClientProblems
{
    public static ProblemException Password(bool wasGiven) => Of(
        ProblemCodes.RemotePassword,
        wasGiven ? "The service does not take this password." : "The service asks for a password.",
        wasGiven ? "Ask for the right one; after too many wrong ones the service stops." : "Paste the whole URL with the password in it, or use -Password.");

    public static ProblemException Key(bool wasGiven) => Of(
        ProblemCodes.RemoteKey,
        wasGiven ? "The onion service does not take this client key." : "The onion service asks for a client key.",
        wasGiven ? "Ask for the right one." : "Give it with -ClientKey.");

    public static ProblemException Unsafe(string detail, string advice = "Nothing of it was kept. Ask who runs the service.") =>
        Of(ProblemCodes.RemoteUnsafe, detail, advice);

    public static ProblemException NotUnderstood(string detail) => Of(
        ProblemCodes.RemoteNotUnderstood, detail, "Check the address in Tor Browser: it may be no service of OnionShare's.");

    public static ProblemException Damaged(string detail) => Of(
        ProblemCodes.RemoteDamaged, detail, "Nothing of it was kept. Fetch it again; if it stays so, tell who runs the service.");

    public static ProblemException OtherHash(string name) => Damaged($"The SHA-256 of {RemoteText.Show(name)} is not the one that the service tells.");

    public static ProblemException ArrivedOtherwise(string name) => Of(
        ProblemCodes.RemoteDamaged, $"The receipt for {RemoteText.Show(name)} is that of something else: what arrived is not what was sent.",
        "Send it again; if it stays so, tell who runs the service.");

    public static ProblemException Refused(int status, string? words = null) => Of(
        ProblemCodes.RemoteRefused,
        words is { Length: > 0 } ? $"The service refused: {RemoteText.Show(words, 300)}" : $"The service refused with status {status}.",
        status switch
        {
            503 => "It is about to stop, or has too much to do. Try again later.",
            403 => "It does not take this any more, or not from here.",
            507 => "It has no room left. Ask who runs it.",
            413 => "Send less, or in parts.",
            _ => "Ask who runs the service.",
        });

    /// <summary>A service of this program's hands out nothing of a file that is not what it was (409).</summary>
    public static ProblemException Changed(string name) => Of(
        ProblemCodes.RemoteRefused, $"{RemoteText.Show(name)} has changed since it was shared, and so the service does not hand it out.",
        "Ask who shares it to start the share again, and fetch it then.");

    /// <summary>A chat room's refusal, which has a code.</summary>
    public static ProblemException RefusedByRoom(string code, string words) => new(Refused(403, words).Problem with
    {
        Advice = code switch
        {
            RefusalCodes.TooLong => "Send it in parts.",
            RefusalCodes.TooFast => "Wait a moment, then send it again.",
            RefusalCodes.Empty => "Give a text that can be seen.",
            RefusalCodes.InvalidName or RefusalCodes.NameInUse => "Take another name (-Name), or none: then the room draws one.",
            RefusalCodes.Full => "Try again when somebody has left.",
            _ => "Ask who runs the service.",
        },
    });

    public static ProblemException NotFound(string what) =>
        Of(ProblemCodes.RemoteNotFound, $"The service has no {RemoteText.Show(what)}.", "Get-OnionFile lists what it has.");

    public static ProblemException Unreachable(TimeSpan waited, string? why, bool isKept) => Of(
        ProblemCodes.RemoteUnreachable,
        $"{(waited.TotalSeconds < 1 ? "Nothing" : $"For {Words(waited)} nothing")} went through{(why is null ? "" : ": " + RemoteText.Show(why.TrimEnd('.'), 300))}.",
        isKept ? "What has arrived is kept: run the same command again to go on. Is the service still running?" : "Is the service still running? Test-OnionTor looks at this side.");

    public static ProblemException NoSpace(long needed, long free) => Of(
        ProblemCodes.NoSpace, $"It takes {ByteSize.Show(needed)}, and the disk has {ByteSize.Show(free)} left.", "Free some space, or choose another folder with -Path.");

    public static ProblemException Exists(string path) => new(new Problem(
        ProblemCodes.FileExists, $"'{RemoteText.Show(path)}' is there already.", "Use -Overwrite, -KeepBoth or -Skip, or another folder.", path));

    public static ProblemException Link(string path) => new(new Problem(
        ProblemCodes.PathNotWritable, $"'{RemoteText.Show(path)}' is a link, and what the service sends would be saved where it leads.",
        "Remove the link, or choose another folder with -Path.", path));

    private static string Words(TimeSpan time) => time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0} minutes" : $"{time.TotalSeconds:0} seconds";

    private static ProblemException Of(string code, string detail, string advice) => new(new Problem(code, detail, advice));
}
