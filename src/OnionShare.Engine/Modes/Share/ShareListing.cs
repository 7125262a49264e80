using System.Globalization;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Share;

public sealed record ShareListing
{
    /// <summary>The path below which folders can be browsed and files fetched; a prefix, so that no shared name meets a route.</summary>
    public const string Files = "/files";

    /// <summary>Rows a page; a browser copes with them even on a phone.</summary>
    public const int PageSize = 1000;

    public required SharedEntry Folder { get; init; }
    public required IReadOnlyList<SharedEntry> Rows { get; init; }

    /// <summary>The page's number, from 1.</summary>
    public required int Page { get; init; }
    public required int Pages { get; init; }
    public required bool CanBrowse { get; init; }

    /// <summary>What is searched for in the names below the folder; empty for all that is in it.</summary>
    public required string Search { get; init; }

    /// <summary>How many rows all pages have.</summary>
    public required int Count { get; init; }

    /// <summary>Whether there is so much that a field to search in it helps.</summary>
    public bool CanSearch => Search.Length > 0 || Folder.FileCount > NameSearch.FewRows;

    /// <summary>The folders above it, outermost first, the root left out.</summary>
    public IReadOnlyList<SharedEntry> Ancestors
    {
        get
        {
            var above = new List<SharedEntry>();
            for (var entry = Folder.Parent; entry?.Parent is not null; entry = entry.Parent) above.Insert(0, entry);
            return above;
        }
    }

    /// <summary>The part of a folder that a page of the listing shows.</summary>
    public static ShareListing Of(SharedEntry folder, ShareRequest request, string? page, string? search)
    {
        var wanted = new NameSearch(search);
        IReadOnlyList<SharedEntry> rows = wanted.IsEmpty ? folder.Children : [.. folder.Descendants().Where(entry => wanted.Finds(entry.Name))];
        var pages = Math.Max(1, (rows.Count + PageSize - 1) / PageSize);
        var number = int.TryParse(page, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, pages) : 1;
        return new ShareListing
        {
            Folder = folder,
            Rows = [.. rows.Skip((number - 1) * PageSize).Take(PageSize)],
            Count = rows.Count,
            Search = wanted.Text,
            Page = number,
            Pages = pages,
            CanBrowse = request.KeepSharing,
        };
    }

    /// <summary>Where an entry is, seen from the folder.</summary>
    public string Show(SharedEntry entry) => Search.Length == 0 ? entry.Name
        : Folder.Parent is null ? entry.RelativePath : entry.RelativePath[(Folder.RelativePath.Length + 1)..];

    public static string Href(SharedEntry entry)
    {
        if (entry.Parent is null) return "/";
        var path = string.Join('/', entry.RelativePath.Split('/').Select(Uri.EscapeDataString));
        return $"{Files}/{path}{(entry.IsFolder ? "/" : "")}";
    }
}
