namespace OnionShare;

/// <summary>What an event of <c>Register-OnionEvent</c> is about.</summary>
public enum OnionEventType
{
    State,
    Transfer,

    /// <summary>Bytes of a transfer went on; a few times a second for each transfer.</summary>
    Progress,

    /// <summary>Something the operator should know: wrong passwords, a file that changed, an engine that does not answer.</summary>
    Warning,

    /// <summary>tor's state, or how far it is in connecting, changed.</summary>
    Tor,
}
