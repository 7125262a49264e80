namespace OnionShare.Contracts;

/// <summary>The host of an address that somebody typed.</summary>
public static class UriHost
{
    /// <summary>The host in ASCII (RFC 5891); null where its characters can be in no host name, of which <see cref="Uri"/> tells only now.</summary>
    public static string? Ascii(Uri uri)
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
}
