using System.Net;

namespace OnionShare.TorNetwork;

/// <summary>What a bridge of the private network is like.</summary>
public sealed record TorBridgeOptions
{
    /// <summary>Where it listens: 127.0.0.1, or ::1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>How long the bootstrap may take. The usual is 3 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}
