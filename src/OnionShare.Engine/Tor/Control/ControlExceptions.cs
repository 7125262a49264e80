namespace OnionShare.Engine.Tor.Control;

/// <summary>Something went wrong on tor's control port.</summary>
public abstract class ControlException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>tor answered a command with an error (control-spec 4).</summary>
public sealed class ControlRefusedException(string verb, int code, string reason)
    : ControlException($"tor refused {verb}: {code} {RemoteText.Show(reason, 400)}")
{
    /// <summary>The reply code, such as 512 (syntax error) or 550 (unspecified).</summary>
    public int Code { get; } = code;

    public string Reason { get; } = reason;
}

/// <summary>The control connection is gone: closed by either side, broken, or unusable.</summary>
public sealed class ControlClosedException(string message, Exception? cause = null) : ControlException(message, cause);

/// <summary>The other side of the control connection does not speak the protocol, or sends more than a tor would.</summary>
public sealed class ControlProtocolException(string message) : ControlException(message);

/// <summary>Why a control port did not let us in.</summary>
public enum ControlRefusal
{
    CookieUnreadable,

    CookieWrong,
    PasswordNeeded,

    PasswordWrong,

    /// <summary>What answers does not know the cookie: it is not that tor.</summary>
    Impostor,

    /// <summary>It has no way in that is known here.</summary>
    NoCommonWay,
}

/// <summary>No way to authenticate to the control port that both sides have, or the other side is not the tor it should be.</summary>
public sealed class ControlAuthenticationException(ControlRefusal refusal, string message, string? cookieFile = null, Exception? cause = null)
    : ControlException(message, cause)
{
    public ControlRefusal Refusal { get; } = refusal;
    public string? CookieFile { get; } = cookieFile;
}
