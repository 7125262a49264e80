using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Website;

/// <summary>A file of the site that was opened for one request, and is closed after the first time it is read.</summary>
internal sealed class OpenedFile(ContainedFile file, string contentType, string entityTag) : IContent
{
    public string FileName => Path.GetFileName(file.Path);

    public string ContentType => contentType;

    public long Length => file.Stat.Length;

    public string EntityTag => entityTag;

    public DateTimeOffset LastModified => file.Stat.LastModified;

    public IContentReader Open() => file;
}
