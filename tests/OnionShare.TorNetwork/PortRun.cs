using System.Net;
using System.Net.Sockets;

namespace OnionShare.TorNetwork;

/// <summary>A run of neighbouring free ports on 127.0.0.1, kept from others by listening on them until the moment they are needed.</summary>
internal sealed class PortRun : IDisposable
{
    // Below what systems give to outgoing connections (Linux: 32768 and up), above the engine's own ports.
    private const int Lowest = 18_000;
    private const int Highest = 32_000;
    private readonly List<TcpListener> _held;

    private PortRun(int first, List<TcpListener> held)
    {
        First = first;
        _held = held;
    }

    public int First { get; }

    public static PortRun Take(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Random.Shared.Next(Lowest, Highest - count);
            if (TryTake(first, count) is { } held) return new PortRun(first, held);
        }

        throw new TorNetworkException($"No {count} free ports in a row were found on 127.0.0.1 between {Lowest} and {Highest}. " +
            "Stop something that listens there.");
    }

    /// <summary>Lets go of the ports.</summary>
    public void Dispose() => Release(_held);

    private static List<TcpListener>? TryTake(int first, int count)
    {
        var held = new List<TcpListener>();
        try
        {
            for (var port = first; port < first + count; port++)
            {
                var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
                held.Add(listener);
                listener.Start();
            }

            return held;
        }
        catch (SocketException)
        {
            Release(held);
            return null;
        }
    }

    private static void Release(List<TcpListener> held)
    {
        foreach (var listener in held) listener.Dispose();
        held.Clear();
    }
}
