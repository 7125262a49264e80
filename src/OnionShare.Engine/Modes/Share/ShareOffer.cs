using System.Runtime.CompilerServices;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Share;

/// <summary>All that a share offers at a time. Files are never added to one: another takes its place, and downloads of this one stay downloads of this one.</summary>
internal sealed class ShareOffer
{
    private readonly CancellationTokenSource _cut = new();
    private readonly StrongBox<int> _downloads;

    private ShareOffer(ShareRequest request, SharedTree tree, ContentHashes hashes, ServiceContext context, StrongBox<int>? downloads)
    {
        (Request, Tree) = (request, tree);
        _downloads = downloads ?? new StrongBox<int>();
        Content = ShareContent.Create(tree, request.Compress);
        Hashing = new ShareHashing(tree, Content, hashes);
        Download = new ShareDownload(tree, Content, Hashing, request, context, _downloads, isFirst: downloads is null, _cut.Token);
    }

    public ShareRequest Request { get; }

    public SharedTree Tree { get; }

    public ShareContent Content { get; }

    public ShareHashing Hashing { get; }

    public ShareDownload Download { get; }

    /// <summary>Looks through what is to be shared; complete downloads are counted on from those of the offer before.</summary>
    /// <exception cref="ProblemException">Something of it is not there, or can't be shared.</exception>
    public static ShareOffer Make(ShareRequest request, ContentHashes hashes, ServiceContext context, ShareOffer? before, CancellationToken cancellationToken)
    {
        foreach (var path in request.Paths.Where(path => !Path.IsPathFullyQualified(path ?? "")))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"'{RemoteText.Show(path)}' is not an absolute path.",
                "The engine has a working folder of its own: name files and folders in full.", path);
        }

        var tree = SharedTree.Scan(request.Paths, request.Listed, cancellationToken);
        foreach (var warning in tree.Warnings.Except(before?.Tree.Warnings ?? [])) context.Warn(warning);
        return new ShareOffer(request, tree, hashes, context, before?._downloads);
    }

    /// <summary>Tells programs what is offered.</summary>
    public Task SendIndexAsync(HttpContext http, string title)
    {
        var whole = Content.Content;
        var index = new ServiceIndex
        {
            Mode = "share",
            Title = title,
            Folder = Tree.Root.Name.Length > 0 ? Tree.Root.Name : null,
            Download = new IndexedDownload
            {
                Url = "/download",
                Name = Content.FileName,
                Type = Content.ContentType,
                Length = whole?.Length,
                ETag = whole?.EntityTag,
                Sha256 = Hex(Hashing.Whole),
                Receipt = whole is null ? null : ShareMode.ReceiptRoute,
            },
        };
        return IndexResponse.SendAsync(http, index, Entries().Where(one => !one.Entry.IsFolder).Select(one => new IndexedFile
        {
            Path = one.Entry.ArchivePath,
            Length = one.Entry.Length,
            Modified = one.Entry.LastModified,
            Type = MediaTypes.Of(one.Entry.Name),
            Sha256 = Hex(Hashing.Of(one.Entry)),
            Url = Request.KeepSharing ? ShareListing.Href(one.Entry) : null,
            Offset = one.Offset,
        }));
    }

    /// <summary>Nobody gets it any more but who has begun; with <paramref name="cut"/> they don't either.</summary>
    public async Task EndAsync(bool cut)
    {
        if (cut) await _cut.CancelAsync();
        Download.Dispose();
        await Hashing.DisposeAsync();
    }

    private IEnumerable<(SharedEntry Entry, long? Offset)> Entries() => Content.Content switch
    {
        VirtualZip zip => zip.Entries.Select(one => (one.Entry, (long?)one.Offset)),
        { } => [(Tree.SingleFile!, 0)],
        null => Tree.Root.Descendants().Select(entry => (entry, (long?)null)),
    };

    private static string? Hex(byte[]? hash) => hash is null ? null : Convert.ToHexStringLower(hash);
}
