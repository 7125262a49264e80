using System.Globalization;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Website;

/// <summary>What the page of a folder without an index file shows.</summary>
public sealed record FolderListing
{
    /// <summary>Rows a page; a browser copes with them even on a phone.</summary>
    public const int PageSize = 1000;

    /// <summary>The names from the top of the site down to the folder.</summary>
    public required IReadOnlyList<string> Names { get; init; }
    public required IReadOnlyList<SiteEntry> Rows { get; init; }
    public required int Count { get; init; }

    /// <summary>What is searched for in the names; empty for all.</summary>
    public required string Search { get; init; }

    /// <summary>Whether there is so much that a field to search in it helps.</summary>
    public required bool CanSearch { get; init; }

    /// <summary>The page's number, from 1.</summary>
    public required int Page { get; init; }

    public int Pages => Math.Max(1, (Count + PageSize - 1) / PageSize);

    /// <summary>The page of a folder that a visitor asks for: folders first, then files, each by name.</summary>
    public static FolderListing Of(IReadOnlyList<string> names, IReadOnlyList<SiteEntry> all, string? page, string? search)
    {
        var wanted = new NameSearch(search);
        IReadOnlyList<SiteEntry> entries = wanted.IsEmpty ? all : [.. all.Where(entry => wanted.Finds(entry.Name))];
        var pages = Math.Max(1, (entries.Count + PageSize - 1) / PageSize);
        var number = int.TryParse(page, CultureInfo.InvariantCulture, out var asked) ? Math.Clamp(asked, 1, pages) : 1;
        return new FolderListing
        {
            Names = names,
            Rows = [.. Sorted(entries).Skip((number - 1) * PageSize).Take(PageSize)],
            Count = entries.Count,
            Search = wanted.Text,
            CanSearch = all.Count > NameSearch.FewRows,
            Page = number,
        };
    }

    /// <summary>Folders first, then files, each by name.</summary>
    public static IEnumerable<SiteEntry> Sorted(IEnumerable<SiteEntry> entries) =>
        entries.OrderByDescending(static entry => entry.IsFolder).ThenBy(static entry => entry.Name, NaturalOrder.Instance);

    public static string Href(IEnumerable<string> names, int depth) =>
        depth == 0 ? "/" : $"/{string.Join('/', names.Take(depth).Select(Uri.EscapeDataString))}/";
}

/// <param name="Name">Its name.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Length">Its size in bytes; 0 for a folder.</param>
/// <param name="LastModified">When it last changed, UTC.</param>
public sealed record SiteEntry(string Name, bool IsFolder, long Length, DateTimeOffset LastModified)
{
    public string Href => Uri.EscapeDataString(Name) + (IsFolder ? "/" : "");
}
