namespace OnionShare.Engine.Modes.Website;

/// <summary>One row of a folder's listing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsFolder">Whether it is a folder.</param>
/// <param name="Length">Its size in bytes; 0 for a folder.</param>
/// <param name="LastModified">When it last changed, UTC.</param>
public sealed record SiteEntry(string Name, bool IsFolder, long Length, DateTimeOffset LastModified)
{
    public string Href => Uri.EscapeDataString(Name) + (IsFolder ? "/" : "");
}
