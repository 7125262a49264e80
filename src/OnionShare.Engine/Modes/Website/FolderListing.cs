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

    /// <summary>The page's number, from 1.</summary>
    public required int Page { get; init; }

    public int Pages => Math.Max(1, (Count + PageSize - 1) / PageSize);

    /// <summary>The page of a folder that a visitor asks for: folders first, then files, each by name.</summary>
    public static FolderListing Of(IReadOnlyList<string> names, IReadOnlyList<SiteEntry> entries, string? page)
    {
        var pages = Math.Max(1, (entries.Count + PageSize - 1) / PageSize);
        var number = int.TryParse(page, out var asked) ? Math.Clamp(asked, 1, pages) : 1;
        var sorted = entries.OrderByDescending(static entry => entry.IsFolder)
            .ThenBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase).ThenBy(static entry => entry.Name, StringComparer.Ordinal);
        return new FolderListing
        {
            Names = names,
            Rows = [.. sorted.Skip((number - 1) * PageSize).Take(PageSize)],
            Count = entries.Count,
            Page = number,
        };
    }

    public static string Href(IEnumerable<string> names, int depth) =>
        depth == 0 ? "/" : $"/{string.Join('/', names.Take(depth).Select(Uri.EscapeDataString))}/";
}
