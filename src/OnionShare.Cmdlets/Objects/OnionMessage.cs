namespace OnionShare;

/// <summary>Something that was said, or happened, in a chat room.</summary>
public sealed class OnionMessage
{
    private const int TextLength = 100_000;

    private readonly ChatEvent _event;

    internal OnionMessage(ChatEvent happened) => _event = happened;

    public string Type => _event.Type.ToString();

    /// <summary>When this side heard of it, in local time.</summary>
    public DateTime Time => _event.Time.LocalDateTime;

    /// <summary>The name of whom it is about, fit to be shown anywhere. The room vouches for it.</summary>
    public string? Name => _event.Name is { } name ? RemoteText.Show(name) : null;

    /// <summary>The words as they were said. They are somebody else's: OnionText.Safe makes them fit for a console.</summary>
    public string? Text => _event.Text;
    public bool IsOwn => _event.IsOwn;

    public string? OldName => _event.OldName is { } name ? RemoteText.Show(name) : null;

    /// <summary>What happened in one line, fit to be shown anywhere.</summary>
    public override string ToString() => _event.Type switch
    {
        ChatEventType.Said => $"{Name}: {RemoteText.Show(Text, TextLength)}",
        ChatEventType.Entered => _event.HasGap ? $"You are {Name}. Some of what was said meanwhile could not be caught up." : $"You are {Name}.",
        ChatEventType.Joined => $"{Name} has joined.",
        ChatEventType.Left => $"{Name} has left.",
        ChatEventType.Renamed => $"{OldName} is now {Name}.",
        ChatEventType.Away => $"{Name} is away.",
        ChatEventType.Back => $"{Name} is back.",
        ChatEventType.Lost => "The connection is lost and tried again.",
        ChatEventType.Closed => "The room was closed.",
        _ => RemoteText.Show(Text, TextLength),
    };
}
