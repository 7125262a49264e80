using OnionShare.Contracts;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Services;

internal static class RequestPaths
{
    public static IReadOnlyList<string> Paths(this ServiceRequest request) => request switch
    {
        ShareRequest share => share.Paths,
        WebsiteRequest website => website.Paths,
        ReceiveRequest receive => [receive.Path],
        _ => [],
    };

    /// <summary>Tells paths apart as the file system does.</summary>
    public static StringComparer Comparer =>
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The Onionbalance front whose backend it asks to be, in its one spelling; null for none.</summary>
    public static string? Front(this ServiceRequest request) => OnionAddress.Parse((request as WebsiteRequest)?.OnionBalance);
}
