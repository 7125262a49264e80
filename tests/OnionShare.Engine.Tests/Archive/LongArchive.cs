using OnionShare.Engine.Archive;
using OnionShare.Engine.Tests.Files;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>An archive with a file over 4 GiB and entries behind it; made once for all tests of a class.</summary>
public sealed class LongArchive : IDisposable
{
    public const long LongFile = 0x1_0000_0005;
    private readonly ShareFolder _folder = new("long");
    private readonly Lazy<Task<string>> _saved;

    public LongArchive()
    {
        _folder.WriteSparse("a-long", LongFile);
        _folder.Write("b-after", "after");
        _folder.Write("c-last", "c");
        Content = new VirtualZip(_folder.Scan());
        _saved = new(async () =>
        {
            var path = _folder.Outside("long.zip");
            await Content.WriteSparseAsync(path);
            return path;
        });
    }

    /// <summary>The archive.</summary>
    public VirtualZip Content { get; }

    /// <summary>The path of a copy that takes no more of the disk than the short entries do.</summary>
    public Task<string> SavedAsync() => _saved.Value;

    public void Dispose() => _folder.Dispose();
}
