using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Website;

/// <summary>A file of the site that was opened for one request, and is closed after the first time it is read.</summary>
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
    public IContentReader Open() => file;
}
