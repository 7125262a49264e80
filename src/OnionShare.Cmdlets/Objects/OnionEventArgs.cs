namespace OnionShare;

/// <summary>What happened, for <c>$Event.SourceEventArgs</c> (in an action also <c>$EventArgs</c>).</summary>
public sealed class OnionEventArgs : EventArgs
{
    internal OnionEventArgs(OnionEventType type, DateTimeOffset time, string message)
    {
        Kind = type;
        Time = time.LocalDateTime;
        Message = RemoteText.Show(message, 1000);
    }

    public string Type => Kind.ToString();

    internal OnionEventType Kind { get; }

    /// <summary>When it happened, in local time. PowerShell may run two actions the wrong way round; this tells the order.</summary>
    public DateTime Time { get; }

    /// <summary>What happened, a sentence fit to be shown anywhere.</summary>
    public string Message { get; }

    /// <summary>The service it is about, as it stood then; null for events of tor and of the engine.</summary>
    public OnionService? Service { get; internal init; }

    /// <summary>The transfer it is about, as it stood then; null for events of other types.</summary>
    public OnionTransfer? Transfer { get; internal init; }

    /// <summary>Where tor was; null for events of other types.</summary>
    public string? Tor { get; internal init; }

    /// <summary>How far tor was in connecting, 0 to 100; null for events of other types.</summary>
    public int? TorPercent { get; internal init; }

    public override string ToString() => Message;
}
