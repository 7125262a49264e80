namespace OnionShare;

public enum ServiceLifetime
{
    /// <summary>It goes down when the session that started it ends.</summary>
    Session,

    /// <summary>It runs until it is stopped or its work is done.</summary>
    Detached,
}
