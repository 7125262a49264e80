using OnionShare.Engine.Files;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>
/// What a website tells programs about itself: what its listings show, folder by folder. Of a folder with an index page that page alone: what the page
/// does not lead to is not for visitors to know.
/// </summary>
internal static class SiteIndex
{
    public const int Most = 100_000;

    private const int Deepest = 64;

    public static Task SendAsync(HttpContext http, string title, Site site, SiteHashing hashing)
    {
        var files = Files(site, hashing).Take(Most + 1).ToList();
        return IndexResponse.SendAsync(http, new ServiceIndex { Mode = "website", Title = title, IsCut = files.Count > Most }, files.Take(Most));
    }

    private static IEnumerable<IndexedFile> Files(Site site, SiteHashing hashing, string folder = "", int depth = 0)
    {
        var place = site.Find(folder);
        using (place.File)
        {
            if (place.File is { } index)
            {
                var name = Path.GetFileName(place.Path!);
                yield return File(site, hashing, folder + name, new SiteEntry(name, IsFolder: false, index.Stat.Length, index.Stat.LastModified));
            }
        }

        if (place.Outcome != SiteOutcome.Folder || site.List(place) is not { } entries) yield break;
        foreach (var entry in FolderListing.Sorted(entries))
        {
            var path = folder + entry.Name;
            if (!entry.IsFolder) yield return File(site, hashing, path, entry);
            if (!entry.IsFolder || depth == Deepest) continue;
            foreach (var file in Files(site, hashing, path + "/", depth + 1)) yield return file;
        }
    }

    /// <summary>The hash of a file by its path on the site; null while it is not known, but it will be.</summary>
    public static byte[]? HashOf(Site site, SiteHashing hashing, string path)
    {
        byte[]? hash = null;
        var place = site.Find(path);
        using (place.File)
        {
            if (place.File is { } file) hash = hashing.Find(place.Path!, file.Stat);
        }

        if (hash is null) hashing.Want(path);
        return hash;
    }

    private static IndexedFile File(Site site, SiteHashing hashing, string path, SiteEntry entry)
    {
        var hash = HashOf(site, hashing, path);
        return new IndexedFile
        {
            Path = string.Join('/', path.Split('/').Select(PortableName.Of)),
            Length = entry.Length,
            Modified = entry.LastModified,
            Type = MediaTypes.Of(entry.Name),
            Sha256 = hash is null ? null : Convert.ToHexStringLower(hash),
            Url = "/" + string.Join('/', path.Split('/').Select(Uri.EscapeDataString)),
        };
    }
}
