namespace OnionShare.Contracts;

public enum StopReason
{
    Requested,
    Downloaded,
    TimeReached,

    /// <summary>The session that started it ended.</summary>
    OwnerEnded,

    /// <summary>Too many different wrong passwords were tried.</summary>
    PasswordGuessing,

    EngineStopped,

    Failed,
}
