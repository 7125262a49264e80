using OnionShare.Engine.Files;

namespace OnionShare.Engine.Archive;

/// <summary>
/// Everything below a shared root as one zip file that exists nowhere: its entries are stored, so its length is known at once and any of its
/// bytes can be made when it is asked for. The same tree gives the same bytes, in another process too.
/// </summary>
public sealed class VirtualZip : IContent
{
    private const string Base32 = "abcdefghijklmnopqrstuvwxyz234567";
    private readonly SharedTree _tree;
    private readonly ZipLayout _layout;
    private readonly CrcCache _crcs;

    /// <exception cref="ProblemException">A path is longer than a zip can hold (<c>path-not-shareable</c>).</exception>
    public VirtualZip(SharedTree tree)
    {
        _tree = tree;
        _layout = new ZipLayout(tree.Root);
        _crcs = new CrcCache(_layout.Entries.Length);
        var hash = HashOf(_layout);
        EntityTag = $"\"{hash}\"";
        FileName = FileNameOf(tree, hash);
        LastModified = DateTimeOffset.FromUnixTimeSeconds(LastModifiedOf(tree).ToUnixTimeSeconds());
    }

    public string FileName { get; }

    public string ContentType => "application/zip";

    public long Length => _layout.Length;

    public string EntityTag { get; }

    public DateTimeOffset LastModified { get; }

    /// <summary>What is in it, in its order, and where the bytes of each file begin.</summary>
    internal IEnumerable<(SharedEntry Entry, long Offset)> Entries
    {
        get
        {
            for (var i = 0; i < _layout.Entries.Length; i++) yield return (_layout.Entries[i], _layout.ContentOffset(i));
        }
    }

    public IContentReader Open() => new VirtualZipReader(_tree.Roots, _layout, _crcs);

    /// <summary>The name of a tree's zip: that of the one folder, or <c>onionshare_</c> and six characters that depend on the tree alone.</summary>
    internal static string FileNameOf(SharedTree tree, string hash)
    {
        if (DownloadName.Of(tree.Root.Name) is { Length: > 0 } folder) return folder + ".zip";
        var number = Convert.ToUInt32(hash[..8], 16);
        return $"onionshare_{string.Create(6, number, static (span, n) =>
        {
            for (var i = 0; i < span.Length; i++, n >>= 5) span[i] = Base32[(int)(n & 31)];
        })}.zip";
    }

    /// <summary>When the newest part of a tree changed.</summary>
    internal static DateTimeOffset LastModifiedOf(SharedTree tree)
    {
        var newest = tree.Root.LastModified;
        foreach (var entry in tree.Root.Descendants())
        {
            if (entry.LastModified > newest) newest = entry.LastModified;
        }

        return newest;
    }

    private static string HashOf(ZipLayout layout)
    {
        using var hash = new EntityTagHash();
        hash.Add("zip 2");
        foreach (var entry in layout.Entries)
        {
            hash.Add(ZipItem.NameOf(entry));
            hash.Add(entry.Stat);
            hash.Add((long)entry.Mode);
        }

        return hash.Finish();
    }
}
