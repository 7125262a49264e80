namespace OnionShare.Engine.Files;

/// <summary>Something that can be downloaded: its bytes are fixed and any of them can be read at any time.</summary>
public interface IContent
{
    string FileName { get; }

    string ContentType { get; }

    long Length { get; }

    /// <summary>Its strong entity tag with the quotes (RFC 9110 §8.8.3); the same over restarts as long as the bytes are the same.</summary>
    string EntityTag { get; }

    /// <summary>When it last changed, to the second.</summary>
    DateTimeOffset LastModified { get; }

    /// <exception cref="ContentChangedException">It is no longer what it was when it was first seen.</exception>
    IContentReader Open();
}

/// <summary>Reads one content; not to be used by two callers at once.</summary>
public interface IContentReader : IAsyncDisposable
{
    /// <summary>Reads bytes from <paramref name="offset"/> on; returns how many, at least 1 where any are left, 0 at the end.</summary>
    /// <exception cref="ContentChangedException">The bytes can't be had as they were promised.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>Reads what is in memory.</summary>
internal sealed class BytesReader(ReadOnlyMemory<byte> bytes) : IContentReader
{
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = (int)Math.Clamp(bytes.Length - offset, 0, buffer.Length);
        if (count > 0) bytes.Slice((int)offset, count).CopyTo(buffer);
        return new(count);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A shared file changed, shrank, vanished or can't be read: the transfer must fail rather than carry wrong bytes.</summary>
public sealed class ContentChangedException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>The path of the file it is about; null for a content that is none.</summary>
    public string? Path { get; init; }
}
