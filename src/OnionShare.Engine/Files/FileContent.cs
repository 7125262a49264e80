using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

public sealed class FileContent : IContent
{
    private readonly SharedRoots _roots;
    private readonly string _path;
    private readonly FileStat _stat;

    /// <summary>A file in the state it was seen in; it is opened and looked at again for each transfer.</summary>
    /// <param name="roots">What it must be inside of whenever it is opened.</param>
    /// <param name="path">Its absolute path.</param>
    /// <param name="name">The name it is offered under.</param>
    /// <param name="stat">Its state.</param>
    public FileContent(SharedRoots roots, string path, string name, FileStat stat)
    {
        (_roots, _path, _stat) = (roots, path, stat);
        FileName = DownloadName.Of(name) is { Length: > 0 } safe ? safe : "file";
        ContentType = MediaTypes.Of(name);

        using var hash = new EntityTagHash();
        hash.Add("file 1");
        hash.Add(name);
        hash.Add(stat);
        EntityTag = $"\"{hash.Finish()}\"";
    }

    public string FileName { get; }

    public string ContentType { get; }

    public long Length => _stat.Length;

    public string EntityTag { get; }

    public DateTimeOffset LastModified => DateTimeOffset.FromUnixTimeSeconds(_stat.LastModified.ToUnixTimeSeconds());

    public IContentReader Open() => _roots.OpenAsSeen(_path, _stat);
}
