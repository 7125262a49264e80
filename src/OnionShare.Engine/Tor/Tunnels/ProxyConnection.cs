using System.Net;
using System.Net.Sockets;

namespace OnionShare.Engine.Tor.Tunnels;

internal static class ProxyConnection
{
    /// <summary>Connects to where a proxy listens: an IP address, a name, or a unix socket.</summary>
    /// <exception cref="TunnelException">Nothing answers there.</exception>
    public static async Task<Stream> OpenAsync(EndPoint proxy, CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(proxy, cancellationToken);
        }
        catch (SocketException failure)
        {
            throw new TunnelException($"The proxy at {RemoteText.Show(Shown(proxy))} does not answer: {failure.Message}", failure);
        }
    }

    /// <summary>Connects to an IP address, a name, or a unix socket.</summary>
    /// <exception cref="SocketException">Nobody listens there, or it may not be entered.</exception>
    public static async Task<Stream> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        // Of the address's own family: one of both families shows as an IPv6 connection in every list of them.
        var socket = endpoint switch
        {
            UnixDomainSocketEndPoint => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            IPEndPoint number => new Socket(number.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
            _ => new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true },
        };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The endpoint of a host, which is a name or an IP address, and a port.</summary>
    public static EndPoint EndPoint(string host, int port) => IPAddress.TryParse(host, out var number) ? new IPEndPoint(number, port) : new DnsEndPoint(host, port);

    /// <summary>Reads an endpoint as tor tells it: <c>127.0.0.1:9050</c>, <c>[::1]:9050</c>, <c>host:9050</c> or <c>unix:/path</c>; null when it is none.</summary>
    public static EndPoint? Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal))
            return new UnixDomainSocketEndPoint(text["unix:".Length..]);
        return Uri.TryCreate("tcp://" + text, UriKind.Absolute, out var whole) && whole.Port > 0 && WebAddress.AsciiHost(whole) is { } host ? EndPoint(host, whole.Port) : null;
    }

    private static string Shown(EndPoint endpoint) => endpoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endpoint.ToString()!;
}

/// <summary>A proxy did not open a connection. The message says what it answered, and names no secret.</summary>
internal sealed class TunnelException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>The code of a SOCKS 5 reply (RFC 1928 §6; tor's own begin at 0xF0, socks-extensions); null when it was something else.</summary>
    public int? Reply { get; init; }
}
