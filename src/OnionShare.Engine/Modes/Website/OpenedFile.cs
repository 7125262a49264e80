using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Website;

/// <summary>A file of the site that was opened for one request. Whoever opened it closes it.</summary>
internal sealed class OpenedFile(ContainedFile file, string contentType, string entityTag) : IContent
{
    /// <inheritdoc/>
    public string FileName => Path.GetFileName(file.Path);

    /// <inheritdoc/>
    public string ContentType => contentType;

    /// <inheritdoc/>
    public long Length => file.Stat.Length;

    /// <inheritdoc/>
    public string EntityTag => entityTag;

    /// <inheritdoc/>
    public DateTimeOffset LastModified => file.Stat.LastModified;

    /// <inheritdoc/>
    public IContentReader Open() => new Reader(file);

    private sealed class Reader(ContainedFile file) : IContentReader
    {
        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            file.ReadAsync(offset, buffer, cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
