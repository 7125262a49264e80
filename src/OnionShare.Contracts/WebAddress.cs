using System.Diagnostics.CodeAnalysis;

namespace OnionShare.Contracts;

/// <summary>
/// Reads addresses of the web. <see cref="Uri"/> takes text that begins like a path for a file's address, and some of it makes it throw what no caller expects
/// (.NET 10: an IndexOutOfRangeException at two backslashes and U+202E). No address of the web begins so: such text never gets to it.
/// </summary>
public static class WebAddress
{
    /// <summary>Reads an absolute address of any scheme but <c>file</c>.</summary>
    public static bool TryRead([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        return text?.TrimStart() is { } begun && begun is not (['/' or '\\', ..]) && !IsOfFile(begun) && Uri.TryCreate(text, UriKind.Absolute, out address);
    }

    /// <summary>Reads a link on a page. Two slashes begin the name of another host (RFC 3986 §4.2).</summary>
    public static bool TryRead(Uri page, string link, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        link = link.TrimStart();
        if (IsOfFile(link)) return false;
        if (link is ['/' or '\\', '/' or '\\', ..]) link = $"{page.Scheme}://{link[2..]}";
        return Uri.TryCreate(page, link, out address);
    }

    /// <summary>The host in ASCII (RFC 5891); null where its characters can be in no host name, of which <see cref="Uri"/> tells only now.</summary>
    public static string? AsciiHost(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    // A drive, too: «C:\» and «C|/».
    private static bool IsOfFile(string text) => text is [_, ':' or '|', ..] || text.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
}
