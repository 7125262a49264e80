namespace OnionShare.Engine.Modes.Chat;

public sealed record RoomLimits
{
    public int Members { get; init; } = 1000;

    /// <summary>The longest message, in bytes of UTF-8.</summary>
    public int MessageBytes { get; init; } = 16 * 1024;

    /// <summary>Messages a member may send at once, before <see cref="MessagesPerSecond"/> holds.</summary>
    public int MessageBurst { get; init; } = 10;

    /// <summary>Messages a second a member may send for long.</summary>
    public double MessagesPerSecond { get; init; } = 2;

    /// <summary>Renames a member may do at once, before <see cref="RenamesPerSecond"/> holds.</summary>
    public int RenameBurst { get; init; } = 4;

    /// <summary>Renames a second a member may do for long.</summary>
    public double RenamesPerSecond { get; init; } = 0.1;

    /// <summary>Requests of any kind a connection may send at once, before <see cref="RequestsPerSecond"/> holds; it is closed when it sends more.</summary>
    public int RequestBurst { get; init; } = 80;

    /// <summary>Requests of any kind a second a connection may send for long.</summary>
    public double RequestsPerSecond { get; init; } = 5;

    /// <summary>How long the seat of a member whose connection broke is kept, and what was said is held for whoever comes back.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a WebSocket is pinged: well below what drops an idle circuit (minutes).</summary>
    public TimeSpan Pulse { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the answer to a ping may take, as long as one over a slow circuit; who gives none is gone, whatever the connection looks like.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    public int HeldMessages { get; init; } = 200;

    /// <summary>Events held for whoever comes back: messages, and comings and goings.</summary>
    public int HeldEvents { get; init; } = 4096;

    /// <summary>Events that may wait for one reader; one more, and the reader's connection is dropped.</summary>
    public int WaitingEvents { get; init; } = 2048;

    /// <summary>Bytes that may wait for one reader. Readers share the bytes, so this is also about what all of them cost together.</summary>
    public int WaitingBytes { get; init; } = 1024 * 1024;
}
