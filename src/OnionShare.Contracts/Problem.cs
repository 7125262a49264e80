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

/// <summary>The stable codes of <see cref="Problem"/>.</summary>
public static class ProblemCodes
{
    /// <summary>The request is not what the API takes.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>What listens at the engine's place is not, or need not be, an engine of this user.</summary>
    public const string EngineNotTrusted = "engine-not-trusted";

    /// <summary>No engine runs; nothing was asked of it.</summary>
    public const string EngineNotRunning = "engine-not-running";

    /// <summary>The engine ended while it was asked, or after.</summary>
    public const string EngineGone = "engine-gone";

    /// <summary>The engine does not answer in time.</summary>
    public const string EngineSilent = "engine-silent";

    /// <summary>The engine's answer is none that is known here: it is of another version.</summary>
    public const string EngineNotUnderstood = "engine-not-understood";

    /// <summary>A path that does not exist.</summary>
    public const string PathNotFound = "path-not-found";

    /// <summary>A path that exists but can't be read.</summary>
    public const string PathNotReadable = "path-not-readable";

    /// <summary>A folder that can't be written to.</summary>
    public const string PathNotWritable = "path-not-writable";

    /// <summary>A path that is neither a file nor a folder.</summary>
    public const string PathNotShareable = "path-not-shareable";

    /// <summary>No service has that id.</summary>
    public const string ServiceNotFound = "service-not-found";

    /// <summary>A service of that name is there already.</summary>
    public const string NameInUse = "name-in-use";

    /// <summary>No saved service has that name.</summary>
    public const string SavedNotFound = "saved-not-found";

    /// <summary>A saved service of that name is there already.</summary>
    public const string SavedNameInUse = "saved-name-in-use";

    /// <summary>What is kept of a saved service can't be read or written.</summary>
    public const string SavedUnusable = "saved-unusable";

    /// <summary>The file to import is encrypted, and no passphrase was given.</summary>
    public const string PassphraseNeeded = "passphrase-needed";

    /// <summary>The file to import is none that is known, is damaged, or does not fit the passphrase.</summary>
    public const string ImportRefused = "import-refused";

    /// <summary>The file to write is there already.</summary>
    public const string FileExists = "file-exists";

    /// <summary>No client key has that name.</summary>
    public const string ClientNotFound = "client-not-found";

    /// <summary>A client key of that name is there already.</summary>
    public const string ClientNameInUse = "client-name-in-use";

    /// <summary>The address is no onion service's, or mistyped.</summary>
    public const string RemoteAddress = "remote-address";

    /// <summary>The other service asks for a password, or for another one.</summary>
    public const string RemotePassword = "remote-password";

    /// <summary>The other service asks for a client key, or for another one.</summary>
    public const string RemoteKey = "remote-key";

    /// <summary>The other service can't be reached, or not any more.</summary>
    public const string RemoteUnreachable = "remote-unreachable";

    /// <summary>The other service does not do what was asked.</summary>
    public const string RemoteRefused = "remote-refused";

    /// <summary>The other service has no such file.</summary>
    public const string RemoteNotFound = "remote-not-found";

    /// <summary>The other service answers what is no such answer.</summary>
    public const string RemoteNotUnderstood = "remote-not-understood";

    /// <summary>What the other service sends must not be taken: a redirect to another host, a path out of the folder, a link, too much.</summary>
    public const string RemoteUnsafe = "remote-unsafe";

    /// <summary>What arrived is not what was promised.</summary>
    public const string RemoteDamaged = "remote-damaged";

    /// <summary>The disk has no room for it.</summary>
    public const string NoSpace = "no-space";

    public const string ServiceEnded = "service-ended";

    /// <summary>The owning process does not exist.</summary>
    public const string OwnerNotFound = "owner-not-found";

    /// <summary>No port on 127.0.0.1 could be had.</summary>
    public const string NoPort = "no-port";

    /// <summary>No tor program was found.</summary>
    public const string TorNotFound = "tor-not-found";

    /// <summary>tor was found, but could not be started or ended at once.</summary>
    public const string TorNotStarted = "tor-not-started";

    /// <summary>tor does not get connected to the Tor network.</summary>
    public const string TorNotConnected = "tor-not-connected";

    /// <summary>The clock of this computer is wrong, or was set while tor ran.</summary>
    public const string TorClock = "tor-clock";

    /// <summary>tor refused a command.</summary>
    public const string TorRefused = "tor-refused";

    /// <summary>A setting of tor's is none that can be used.</summary>
    public const string TorSettings = "tor-settings";

    /// <summary>The control endpoint does not answer, or does not let the engine in.</summary>
    public const string TorControl = "tor-control";

    /// <summary>No program was found for a pluggable transport that a bridge needs.</summary>
    public const string TransportNotFound = "transport-not-found";

    /// <summary>The settings did not connect; the last ones that did are in use again.</summary>
    public const string TorFellBack = "tor-fell-back";

    /// <summary>Services need tor.</summary>
    public const string TorInUse = "tor-in-use";

    /// <summary>What was fetched is not what the Tor Project published; it was thrown away.</summary>
    public const string InstallRefused = "install-refused";

    /// <summary>Nothing could be fetched, or there is nothing here to fetch it with.</summary>
    public const string InstallFailed = "install-failed";

    /// <summary>It would go past Tor, which was not allowed; the sentence says who would see what.</summary>
    public const string OutsideTor = "outside-tor";

    /// <summary>The circumvention service could not be asked, or had nothing that can be used.</summary>
    public const string BridgesNotFound = "bridges-not-found";

    /// <summary>The onion service's descriptor could not be uploaded.</summary>
    public const string NotPublished = "not-published";

    /// <summary>The engine is about to end; a new one can be started in a moment.</summary>
    public const string EngineStopping = "engine-stopping";

    /// <summary>The state folder, or a folder of the engine's, can't be used.</summary>
    public const string StateFolder = "state-folder";

    /// <summary>Something that should not happen happened in the engine.</summary>
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
