using System.Net;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>Asks for an onion that leads to a port of this computer.</summary>
internal static class OnionAt
{
    public static OnionRequest Port(int port, string? key = null) => new((_, _) => Task.FromResult(new IPEndPoint(IPAddress.Loopback, port)), key);
}
