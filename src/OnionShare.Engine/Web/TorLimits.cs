using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OnionShare.Engine.Web;

/// <summary>
/// Server limits made for Tor: a circuit may be silent for minutes and crawl for hours, so time is granted generously; connections, headers
/// and memory are bounded instead. Visitors can't be told apart, all come from tor, so no limit is per visitor.
/// </summary>
internal static class TorLimits
{
    public const int Connections = 4096;

    /// <summary>How many of them may be strangers': without a request, yet, of somebody who was let in.</summary>
    public const int Strangers = 2048;

    // Kestrel's own rates (240 B/s after 5 s) cut circuits that are merely slow. These cut one that has stood still for minutes.
    private static readonly MinDataRate Rate = new(bytesPerSecond: 16, gracePeriod: TimeSpan.FromMinutes(5));

    public static void Apply(KestrelServerOptions kestrel, long? maxRequestBodySize, OpenConnections connections)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxConcurrentConnections = null; // counted in OpenConnections, which tells strangers from visitors
        kestrel.Limits.MaxConcurrentUpgradedConnections = Connections;
        kestrel.Limits.MaxRequestBodySize = maxRequestBodySize;
        kestrel.Limits.MaxRequestLineSize = 8 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMinutes(2);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        kestrel.Limits.MinRequestBodyDataRate = Rate;
        kestrel.Limits.MinResponseDataRate = Rate;
        kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(connections.Watch);
        });
    }
}
