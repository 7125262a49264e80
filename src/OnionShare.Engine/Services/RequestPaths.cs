using OnionShare.Contracts;

namespace OnionShare.Engine.Services;

/// <summary>What a request works on.</summary>
internal static class RequestPaths
{
    /// <summary>The files or folders.</summary>
    public static IReadOnlyList<string> Paths(this ServiceRequest request) => request switch
    {
        ShareRequest share => share.Paths,
        WebsiteRequest website => website.Paths,
        ReceiveRequest receive => [receive.Path],
        _ => [],
    };
}
