using System.Globalization;
using System.Net;
using System.Text;

namespace OnionShare.Engine.Tor.Tunnels;

/// <summary>Connections through a proxy that knows HTTP's CONNECT (RFC 9110 §9.3.6). Names are handed to the proxy as they are.</summary>
internal static class ConnectTunnel
{
    private const int LongestHead = 16 * 1024;

    /// <summary>Opens a connection to a host through the proxy.</summary>
    /// <param name="proxy">Where the proxy listens.</param>
    /// <param name="host">An IP address, or a name for the proxy to resolve.</param>
    /// <param name="port">The port there.</param>
    /// <param name="credentials">The user and password for Basic authentication; null for none.</param>
    /// <param name="cancellationToken">Ends it, and closes the connection.</param>
    /// <exception cref="TunnelException">The proxy can't be reached, or refuses.</exception>
    public static async Task<Stream> OpenAsync(
        EndPoint proxy, string host, int port, NetworkCredential? credentials, CancellationToken cancellationToken)
    {
        var stream = await ProxyConnection.OpenAsync(proxy, cancellationToken);
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Request(host, port, credentials)), cancellationToken);
            Check(await ReadHeadAsync(stream, cancellationToken));
            return stream;
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync();
            if (failure is IOException and not TunnelException)
                throw new TunnelException($"The HTTP proxy broke the connection off: {failure.Message}", failure);
            throw;
        }
    }

    private static string Request(string host, int port, NetworkCredential? credentials)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':') ? $"[{host}]" : host)}:{port}");
        var authorization = credentials is null
            ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.UserName}:{credentials.Password}"))}\r\n";
        return $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n";
    }

    // Byte by byte: what comes after the head is the host's and must not be taken here.
    private static async Task<string> ReadHeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new List<byte>(256);
        var one = new byte[1];
        while (head.Count < LongestHead)
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            head.Add(one[0]);
            if (head is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
                return Encoding.Latin1.GetString([.. head]);
        }

        throw new TunnelException("What answers is no HTTP proxy.");
    }

    private static void Check(string head)
    {
        var line = head[..head.IndexOf('\r')];
        if (line.Split(' ', 3) is not [var version, { Length: 3 } status, ..] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal))
            throw new TunnelException("What answers is no HTTP proxy.");
        if (status == "407")
            throw new TunnelException("The HTTP proxy asks for another user name and password.");
        if (status[0] != '2')
            throw new TunnelException($"The HTTP proxy refused: {RemoteText.Show(line, 100)}");
    }
}
