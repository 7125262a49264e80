using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Control;

/// <summary>Where a tor listens for controllers: a TCP port or a unix socket.</summary>
/// <param name="Host">An IP address or a name; null for a unix socket.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Path">The path of the unix socket; null for TCP.</param>
internal sealed record ControlEndpoint(string? Host, int Port, string? Path)
{
    private const string UnixPrefix = "unix:";

    public static ControlEndpoint Tcp(string host, int port) => new(host, port, null);

    public static ControlEndpoint Unix(string path) => new(null, 0, path);

    /// <summary>Reads <c>127.0.0.1:9051</c>, <c>[::1]:9051</c>, <c>host:9051</c> or <c>unix:/path</c>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ControlEndpoint? endpoint)
    {
        endpoint = null;
        if (text is null || text.Any(char.IsControl))
            return false;
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            if (System.IO.Path.IsPathFullyQualified(text[UnixPrefix.Length..]))
                endpoint = Unix(text[UnixPrefix.Length..]);
            return endpoint is not null;
        }

        var colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > ushort.MaxValue)
            return false;
        var host = text[..colon];
        if (host is ['[', .., ']'])
            host = IPAddress.TryParse(host[1..^1], out var address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? host[1..^1] : "";
        else if (Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            host = ""; // an IPv6 address without brackets, or no name at all
        if (host.Length > 0)
            endpoint = Tcp(host, port);
        return endpoint is not null;
    }

    /// <summary>Whether it can be reached on this machine only.</summary>
    public bool IsLocal => Path is not null || Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>As it is written in the settings.</summary>
    public override string ToString() => Path is not null ? UnixPrefix + Path
        : string.Create(CultureInfo.InvariantCulture, $"{(Host!.Contains(':') ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Connects; nothing is said yet.</summary>
    /// <exception cref="SocketException">Nobody listens there, or it may not be entered.</exception>
    public async Task<ControlConnection> ConnectAsync(TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var endpoint = Path is not null ? new UnixDomainSocketEndPoint(Path) : ProxyConnection.EndPoint(Host!, Port);
        return new ControlConnection(new StreamPipe(await ProxyConnection.ConnectAsync(endpoint, cancellationToken)), time, logger);
    }

    private sealed class StreamPipe(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
