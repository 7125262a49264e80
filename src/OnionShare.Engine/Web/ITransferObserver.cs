namespace OnionShare.Engine.Web;

/// <summary>
/// Follows one download. <see cref="Begin"/> comes first; then any number of <see cref="Progress"/>; then exactly one of
/// <see cref="Completed"/>, <see cref="Cut"/> and <see cref="Failed"/>. Never called by two threads at once. Answers without content
/// (HEAD, 304, 412, 416) are not reported.
/// </summary>
public interface ITransferObserver
{
    /// <summary>Content is about to be sent.</summary>
    /// <param name="offset">Its first byte's place in the whole.</param>
    /// <param name="count">How many bytes this transfer will have.</param>
    /// <param name="total">How many bytes the whole has.</param>
    void Begin(long offset, long count, long total);

    /// <summary><paramref name="bytes"/> bytes of this transfer have been handed over so far.</summary>
    void Progress(long bytes);

    /// <summary>Every byte asked for has been handed over.</summary>
    void Completed();

    void Cut();

    /// <summary>The content could not be read as promised; the connection is aborted.</summary>
    void Failed(Exception cause);
}

/// <param name="StatusCode">The HTTP status of the answer.</param>
/// <param name="RangeStart">The place in the whole of the first byte sent.</param>
/// <param name="BytesHandedOver">
/// Bytes of content the connection took. The last of them (up to the server's response buffer and the kernel's) may still be on
/// their way.
/// </param>
/// <param name="Completed">Every byte the answer announced was handed over; false where none was to be sent (HEAD, 304, 412, 416).</param>
/// <param name="BytesUnsure">Bytes behind those, of which it is not known whether they got out before the answer was cut.</param>
public sealed record ContentSent(int StatusCode, long RangeStart, long BytesHandedOver, bool Completed, long BytesUnsure = 0);
