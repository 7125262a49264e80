namespace OnionShare.Contracts;

public enum StopReason
{
    /// <summary>Somebody asked for it.</summary>
    Requested,

    /// <summary>Its share was downloaded completely.</summary>
    Downloaded,

    /// <summary>Its stop time came.</summary>
    TimeReached,

    /// <summary>The session that started it ended.</summary>
    OwnerEnded,

    /// <summary>Too many different wrong passwords were tried.</summary>
    PasswordGuessing,

    EngineStopped,

    Failed,
}
