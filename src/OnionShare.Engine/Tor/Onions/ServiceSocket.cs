using System.Net;
using System.Net.Sockets;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>Where the visitors of an onion come in.</summary>
internal static class ServiceSocket
{
    // The ports OnionShare's people know; a firewall or a Whonix gateway may be set up for them.
    private const int FirstPort = 17600;
    private const int LastPort = 17650;

    /// <summary>
    /// A socket that listens on the preferred port of an address, on a random free one of 17600–17650, or on any free one when those are taken.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.NoPort"/>.</exception>
    public static Socket Listen(IPAddress address, int? preferred = null)
    {
        var ports = Enumerable.Range(FirstPort, LastPort - FirstPort + 1).ToArray();
        Random.Shared.Shuffle(ports);
        SocketException? last = null;
        foreach (var port in (preferred is { } first ? ports.Prepend(first) : ports).Append(0))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
                socket.Bind(new IPEndPoint(address, port));
                // At once, not when the server starts: two sockets can be bound to one port, but only one can listen.
                socket.Listen();
                return socket;
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
        }

        throw new ProblemException(
            ProblemCodes.NoPort, $"The engine can't listen on any port of {address}: {last!.Message}",
            last.SocketErrorCode == SocketError.AddressNotAvailable
                    ? "This computer has not got that address any more: set another one (Set-OnionTor)."
                    : "Stop services or programs that hold many ports, or look whether a firewall forbids it.",
            cause: last);
    }
}
