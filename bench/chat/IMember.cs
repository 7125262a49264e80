namespace OnionShare.ChatBench;

/// <summary>A member of a room, whatever it speaks.</summary>
internal interface IMember : IAsyncDisposable
{
    /// <summary>How long each message took to arrive here, in milliseconds.</summary>
    List<double> Delivery { get; }

    /// <summary>Events that were missing, came twice or out of order, where the room numbers them.</summary>
    int Misplaced { get; }

    /// <summary>Says something every so often.</summary>
    Task SpeakAsync(int messages, double perSecond, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Hears until so many messages were said.</summary>
    Task HearAsync(int messages, CancellationToken cancellationToken);
}
