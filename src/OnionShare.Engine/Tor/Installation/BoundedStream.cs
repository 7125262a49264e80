using System.Security.Cryptography;
using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>
/// A body as it arrives: no longer than allowed, never silent for too long, and, where its SHA-256 is known, without an end unless it is the right
/// one. So whoever writes it to a file and then looks into the file does not get to the second.
/// </summary>
internal sealed class BoundedStream(
    Stream body, long longest, TimeSpan answerLimit, string? sha256, Uri address, CancellationToken ending) : Stream
{
    private readonly IncrementalHash? _hash = sha256 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
        limit.CancelAfter(answerLimit);
        int read;
        try
        {
            read = await body.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && !ending.IsCancellationRequested)
        {
            throw DownloadBounds.Late(address, e);
        }
        catch (IOException e)
        {
            // Told apart from a disk that fails.
            throw new HttpRequestException($"{address.Host} broke off: {e.Message}", e);
        }

        _length += read;
        if (_length > longest)
            throw DownloadBounds.TooLong(RemoteText.Show(address.AbsoluteUri), longest);
        if (read > 0)
            _hash?.AppendData(buffer.Span[..read]);
        else if (buffer.Length > 0 && _hash is not null)
            PublishedChecksums.Compare(sha256!, Convert.ToHexString(_hash.GetCurrentHash()), address);
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
        // There is nothing to flush in what is only read.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }
}
