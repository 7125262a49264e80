using OnionShare.Contracts;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Share;

/// <summary>What a share tells programs about itself.</summary>
internal static class ShareIndex
{
    public static Task SendAsync(HttpContext http, string title, ShareRequest request, SharedTree tree, ShareContent content, ShareHashing hashing)
    {
        var whole = content.Content;
        var index = new ServiceIndex
        {
            Mode = "share",
            Title = title,
            Folder = tree.Root.Name.Length > 0 ? tree.Root.Name : null,
            Download = new IndexedDownload
            {
                Url = "/download",
                Name = content.FileName,
                Type = content.ContentType,
                Length = whole?.Length,
                ETag = whole?.EntityTag,
                Sha256 = Hex(hashing.Whole),
                Receipt = whole is null ? null : ShareMode.ReceiptRoute,
            },
        };
        return IndexResponse.SendAsync(http, index, Entries(tree, content).Where(one => !one.Entry.IsFolder).Select(one => new IndexedFile
        {
            Path = one.Entry.ArchivePath,
            Length = one.Entry.Length,
            Modified = one.Entry.LastModified,
            Type = MediaTypes.Of(one.Entry.Name),
            Sha256 = Hex(hashing.Of(one.Entry)),
            Url = request.KeepSharing ? ShareListing.Href(one.Entry) : null,
            Offset = one.Offset,
        }));
    }

    private static IEnumerable<(SharedEntry Entry, long? Offset)> Entries(SharedTree tree, ShareContent content) => content.Content switch
    {
        VirtualZip zip => zip.Entries.Select(one => (one.Entry, (long?)one.Offset)),
        { } => [(tree.SingleFile!, 0)],
        null => tree.Root.Descendants().Select(entry => (entry, (long?)null)),
    };

    private static string? Hex(byte[]? hash) => hash is null ? null : Convert.ToHexStringLower(hash);
}
