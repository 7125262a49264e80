namespace OnionShare.Contracts;

/// <summary>An error the engine reports: problem details of RFC 9457 with a stable code and advice.</summary>
/// <param name="Code">A stable name of the error, such as <c>path-not-found</c>; see <see cref="ProblemCodes"/>.</param>
/// <param name="Detail">What happened, to what: a sentence for a person.</param>
/// <param name="Advice">What to do about it; null where there is nothing to add.</param>
/// <param name="Target">The path, name or address it is about.</param>
public sealed record Problem(string Code, string Detail, string? Advice = null, string? Target = null)
{
    private readonly int? _status;

    /// <summary>The HTTP status it is sent with: that of its code, unless it was said otherwise.</summary>
    public int Status
    {
        get => _status ?? ProblemCodes.StatusOf(Code);
        init => _status = value == ProblemCodes.StatusOf(Code) ? null : value;
    }

    /// <summary>The RFC 9457 type: a URI reference made of the code.</summary>
    public string Type => "urn:onionshare:problem:" + Code;

    /// <summary>The RFC 9457 title.</summary>
    public string Title => Code;

    /// <summary>The sentence and the advice in one text.</summary>
    public override string ToString() => Advice is null ? Detail : $"{Detail} {Advice}";
}

public static class ProblemCodes
{
    public const string InvalidRequest = "invalid-request";

    /// <summary>What listens at the engine's place is not, or need not be, an engine of this user.</summary>
    public const string EngineNotTrusted = "engine-not-trusted";

    /// <summary>No engine runs; nothing was asked of it.</summary>
    public const string EngineNotRunning = "engine-not-running";

    /// <summary>The engine ended while it was asked, or after.</summary>
    public const string EngineGone = "engine-gone";
    public const string EngineSilent = "engine-silent";

    /// <summary>The engine's answer is none that is known here: it is of another version.</summary>
    public const string EngineNotUnderstood = "engine-not-understood";
    public const string PathNotFound = "path-not-found";
    public const string PathNotReadable = "path-not-readable";
    public const string PathNotWritable = "path-not-writable";

    /// <summary>A path that is neither a file nor a folder.</summary>
    public const string PathNotShareable = "path-not-shareable";
    public const string ServiceNotFound = "service-not-found";
    public const string NameInUse = "name-in-use";
    public const string SavedNotFound = "saved-not-found";
    public const string SavedNameInUse = "saved-name-in-use";
    public const string SavedUnusable = "saved-unusable";

    /// <summary>The file to import is encrypted, and no passphrase was given.</summary>
    public const string PassphraseNeeded = "passphrase-needed";

    /// <summary>The file to import is none that is known, is damaged, or does not fit the passphrase.</summary>
    public const string ImportRefused = "import-refused";
    public const string FileExists = "file-exists";
    public const string ClientNotFound = "client-not-found";
    public const string ClientNameInUse = "client-name-in-use";
    public const string RemoteAddress = "remote-address";
    public const string RemotePassword = "remote-password";
    public const string RemoteKey = "remote-key";
    public const string RemoteUnreachable = "remote-unreachable";
    public const string RemoteRefused = "remote-refused";
    public const string RemoteNotFound = "remote-not-found";
    public const string RemoteNotUnderstood = "remote-not-understood";

    /// <summary>What the other service sends must not be taken: a redirect to another host, a path out of the folder, a link, too much.</summary>
    public const string RemoteUnsafe = "remote-unsafe";
    public const string RemoteDamaged = "remote-damaged";
    public const string NoSpace = "no-space";
    public const string ServiceEnded = "service-ended";
    public const string OwnerNotFound = "owner-not-found";
    public const string NoPort = "no-port";
    public const string TorNotFound = "tor-not-found";
    public const string TorNotStarted = "tor-not-started";
    public const string TorNotConnected = "tor-not-connected";

    /// <summary>The clock of this computer is wrong, or was set while tor ran.</summary>
    public const string TorClock = "tor-clock";
    public const string TorRefused = "tor-refused";
    public const string TorSettings = "tor-settings";

    /// <summary>The control endpoint does not answer, or does not let the engine in.</summary>
    public const string TorControl = "tor-control";

    /// <summary>No program was found for a pluggable transport that a bridge needs.</summary>
    public const string TransportNotFound = "transport-not-found";

    /// <summary>The settings did not connect; the last ones that did are in use again.</summary>
    public const string TorFellBack = "tor-fell-back";
    public const string TorInUse = "tor-in-use";

    /// <summary>What was fetched is not what the Tor Project published; it was thrown away.</summary>
    public const string InstallRefused = "install-refused";

    /// <summary>Nothing could be fetched, or there is nothing here to fetch it with.</summary>
    public const string InstallFailed = "install-failed";

    /// <summary>It would go past Tor, which was not allowed; the sentence says who would see what.</summary>
    public const string OutsideTor = "outside-tor";

    /// <summary>The circumvention service could not be asked, or had nothing that can be used.</summary>
    public const string BridgesNotFound = "bridges-not-found";
    public const string NotPublished = "not-published";

    /// <summary>The engine is about to end; a new one can be started in a moment.</summary>
    public const string EngineStopping = "engine-stopping";
    public const string StateFolder = "state-folder";
    public const string Internal = "internal";

    /// <summary>The HTTP status that problems of a code are sent with.</summary>
    public static int StatusOf(string code) => code switch
    {
        OutsideTor => 403,
        ServiceNotFound or SavedNotFound or ClientNotFound or RemoteNotFound => 404,
        NameInUse or SavedNameInUse or ClientNameInUse or FileExists or ServiceEnded or TorInUse => 409,
        StateFolder or Internal => 500,
        TorRefused or InstallRefused or BridgesNotFound or RemoteRefused or RemoteNotUnderstood or RemoteUnsafe or RemoteDamaged => 502,
        RemoteUnreachable => 504,
        TorNotFound or TorNotStarted or TorControl or TorClock or TransportNotFound or InstallFailed or EngineStopping => 503,
        TorNotConnected or TorFellBack or NotPublished => 504,
        _ => 400,
    };
}

/// <summary>A failure that is told to a person as it is: what happened, to what, and what to do.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>Wraps a problem; the message is its sentence and its advice.</summary>
    public ProblemException(Problem problem, Exception? cause = null)
        : base((problem ?? throw new ArgumentNullException(nameof(problem))).ToString(), cause) => Problem = problem;

    /// <summary>Makes the problem, too; its status follows from the code.</summary>
    public ProblemException(string code, string detail, string? advice = null, string? target = null, Exception? cause = null)
        : this(new Problem(code, detail, advice, target), cause)
    {
    }

    public Problem Problem { get; }
}
