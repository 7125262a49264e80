namespace OnionShare.Engine.Services;

/// <summary>
/// What is sent to a visitor, in the transfer log: a transfer of its own, or a range of a download that comes in several. Whoever began it disposes it; if
/// it was neither completed nor failed by then it was cut.
/// </summary>
internal interface ILoggedPart : IDisposable
{
    /// <summary>The number of the transfer it belongs to.</summary>
    long Transfer { get; }

    /// <summary>Whether that begins with it.</summary>
    bool IsFirst { get; }

    /// <summary>Tells how many of its bytes were handed over so far.</summary>
    void Report(long bytes);

    /// <summary>Tells the SHA-256 of the whole, in hexadecimal digits.</summary>
    void Identify(string? sha256);

    void Complete();

    /// <summary>It can't be done.</summary>
    /// <param name="error">Why, for a person.</param>
    void Fail(string error);
}
