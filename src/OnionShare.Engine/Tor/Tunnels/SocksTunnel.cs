using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionShare.Engine.Tor.Tunnels;

/// <summary>Connections through a SOCKS 5 proxy (RFC 1928). Names are handed to the proxy as they are: nothing is resolved here.</summary>
internal static class SocksTunnel
{
    private const byte Version = 5, NoAuthentication = 0, UserAndPassword = 2, Unacceptable = 0xFF;
    private const byte IPv4 = 1, Name = 3, IPv6 = 4;
    private const int MostBytes = 255;

    /// <summary>Opens a connection to a host through the proxy.</summary>
    /// <param name="proxy">Where the proxy listens.</param>
    /// <param name="host">An IP address, or a name for the proxy to resolve.</param>
    /// <param name="port">The port there.</param>
    /// <param name="credentials">The user and password to give; null for none.</param>
    /// <param name="cancellationToken">Ends it, and closes the connection.</param>
    /// <exception cref="TunnelException">The proxy can't be reached, or refuses.</exception>
    public static async Task<Stream> OpenAsync(
        EndPoint proxy, string host, int port, SocksCredentials? credentials, CancellationToken cancellationToken)
    {
        var stream = await ProxyConnection.OpenAsync(proxy, cancellationToken);
        try
        {
            await AuthenticateAsync(stream, credentials, cancellationToken);
            await RequestAsync(stream, host, port, cancellationToken);
            return stream;
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync();
            if (failure is IOException and not TunnelException)
                throw new TunnelException($"The SOCKS proxy broke the connection off: {failure.Message}", failure);
            throw;
        }
    }

    private static async Task AuthenticateAsync(Stream stream, SocksCredentials? credentials, CancellationToken cancellationToken)
    {
        byte[] methods = credentials switch
        {
            null => [NoAuthentication],
            { Optional: true } => [UserAndPassword, NoAuthentication],
            _ => [UserAndPassword],
        };
        await stream.WriteAsync((byte[])[Version, (byte)methods.Length, .. methods], cancellationToken);
        var answer = await ReadAsync(stream, 2, cancellationToken);
        if (answer[0] != Version)
            throw new TunnelException("What answers is no SOCKS 5 proxy.");
        if (answer[1] == Unacceptable || !methods.Contains(answer[1]))
            throw new TunnelException(credentials is null ? "The SOCKS proxy asks for a user name and a password." : "The SOCKS proxy takes no user name and password.");
        if (answer[1] == NoAuthentication)
            return;
        var (user, password) = (Encoding.UTF8.GetBytes(credentials!.User), Encoding.UTF8.GetBytes(credentials.Password));
        if (user.Length is 0 or > MostBytes || password.Length is 0 or > MostBytes)
            throw new TunnelException($"A SOCKS proxy takes a user name and a password of 1 to {MostBytes} bytes.");
        await stream.WriteAsync((byte[])[1, (byte)user.Length, .. user, (byte)password.Length, .. password], cancellationToken);
        if ((await ReadAsync(stream, 2, cancellationToken))[1] != 0)
            throw new TunnelException("The SOCKS proxy does not accept the user name and the password.");
    }

    private static async Task RequestAsync(Stream stream, string host, int port, CancellationToken cancellationToken)
    {
        var request = new byte[] { Version, 1, 0 }.Concat(Address(host)).Concat(new byte[2]).ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(request.Length - 2), checked((ushort)port));
        await stream.WriteAsync(request, cancellationToken);
        var answer = await ReadAsync(stream, 4, cancellationToken);
        if (answer[0] != Version)
            throw new TunnelException("What answers is no SOCKS 5 proxy.");
        if (answer[1] != 0)
            throw new TunnelException(Meaning(answer[1])) { Reply = answer[1] };
        var rest = answer[3] switch
        {
            IPv4 => 4,
            IPv6 => 16,
            Name => (await ReadAsync(stream, 1, cancellationToken))[0],
            _ => throw new TunnelException("What answers is no SOCKS 5 proxy."),
        };
        await ReadAsync(stream, rest + 2, cancellationToken); // the address it connects from, which says nothing
    }

    private static byte[] Address(string host)
    {
        if (IPAddress.TryParse(host, out var number))
            return [number.AddressFamily == AddressFamily.InterNetworkV6 ? IPv6 : IPv4, .. number.GetAddressBytes()];
        var name = Encoding.ASCII.GetBytes(host);
        return name.Length is > 0 and <= MostBytes ? [Name, (byte)name.Length, .. name] : throw new TunnelException("The host's name is too long for a SOCKS proxy.");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    private static string Meaning(byte reply) => reply switch
    {
        1 => "The SOCKS proxy failed.",
        2 => "The SOCKS proxy's rules forbid the connection.",
        3 => "The SOCKS proxy can't reach that network.",
        4 => "The SOCKS proxy can't reach that host.",
        5 => "The host refused the SOCKS proxy's connection.",
        6 => "The SOCKS proxy gave up waiting for the host.",
        0xF0 => "tor can't find the onion service's descriptor.",
        0xF1 => "tor can't read the onion service's descriptor.",
        0xF2 => "tor can't reach the onion service's introduction points.",
        0xF3 => "tor can't meet the onion service at a rendezvous point.",
        0xF4 or 0xF5 => "The onion service wants a client key.",
        0xF6 => "The onion address is none.",
        0xF7 => "The onion service's introduction points do not answer.",
        _ => $"The SOCKS proxy refused with code {reply}.",
    };
}

/// <summary>A user name and a password for a SOCKS 5 proxy (RFC 1929). tor keeps streams with different ones on different circuits.</summary>
/// <param name="User">1 to 255 bytes of UTF-8.</param>
/// <param name="Password">1 to 255 bytes of UTF-8.</param>
internal sealed record SocksCredentials(string User, string Password)
{
    /// <summary>Whether a proxy that does not ask for them is taken as well. Not for tor and transports, to which they say more than who one is.</summary>
    public bool Optional { get; init; }

    public override string ToString() => nameof(SocksCredentials);
}
