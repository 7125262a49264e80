namespace OnionShare.Contracts;

public enum ChatEventType
{
    /// <summary>One is in the room, for the first time or again.</summary>
    Entered,

    Said,
    Joined,
    Left,
    Renamed,

    /// <summary>Somebody's connection broke.</summary>
    Away,

    Back,

    /// <summary>The room did not do what was asked.</summary>
    Refused,

    /// <summary>One's own connection is lost; it is tried again.</summary>
    Lost,
    Closed,

    /// <summary>It could not be entered, or not again.</summary>
    Failed,
}

/// <summary>Something that happened in a chat room one is in. Its texts are somebody else's: show them through <see cref="RemoteText"/>.</summary>
public sealed record ChatEvent
{
    public required ChatEventType Type { get; init; }

    /// <summary>The room one is in, to speak in it; with <see cref="ChatEventType.Entered"/>.</summary>
    public string? Room { get; init; }

    /// <summary>When this side heard of it.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The number of whom it is about.</summary>
    public int? Member { get; init; }

    /// <summary>The name of whom it is about; with <see cref="ChatEventType.Entered"/> one's own.</summary>
    public string? Name { get; init; }
    public string? OldName { get; init; }

    /// <summary>The words; the reason of what was refused or failed.</summary>
    public string? Text { get; init; }
    public bool IsOwn { get; init; }

    /// <summary>With <see cref="ChatEventType.Entered"/>: whether something that was said meanwhile is lost.</summary>
    public bool HasGap { get; init; }

    /// <summary>With <see cref="ChatEventType.Entered"/>: the names of all who are here.</summary>
    public IReadOnlyList<string>? Members { get; init; }

    /// <summary>With <see cref="ChatEventType.Failed"/>: why.</summary>
    public Problem? Problem { get; init; }
}
