using System.Net;

namespace OnionShare.Engine.Tor.Onions;

/// <param name="ListenAt">
/// Makes the service listen at an address, and tells at which port: that is what the onion's port 80 leads to. A tor on another host can't reach
/// 127.0.0.1. Called before each publishing.
/// </param>
/// <param name="PrivateKey">The key of an address to publish again, <c>ED25519-V3:base64</c>; null for a new address.</param>
public sealed record OnionRequest(Func<IPAddress, CancellationToken, Task<IPEndPoint>> ListenAt, string? PrivateKey = null)
{
    /// <summary>
    /// The public keys (base32) of the clients that may reach it (rend-spec-v3, [CLIENT-AUTH]); with an empty list nobody does. Null: everybody.
    /// </summary>
    public IReadOnlyList<string>? ClientKeys { get; init; }

    /// <summary>
    /// The Onionbalance front (<c>56 characters.onion</c>) it is a backend of; null for none. Only a tor that the engine runs can do it, and not with
    /// client keys.
    /// </summary>
    public string? BalanceFront { get; init; }
}

/// <summary>A published onion service; disposal removes it from tor.</summary>
public interface IOnion : IAsyncDisposable
{
    /// <summary><c>56 characters.onion</c>.</summary>
    string Address { get; }

    /// <summary>Its key, <c>ED25519-V3:base64</c> (control-spec, ADD_ONION). Kept in memory only.</summary>
    string PrivateKey { get; }

    /// <summary>Whether a descriptor of it has been uploaded by the tor that runs now.</summary>
    bool IsPublished { get; }

    /// <summary>Raised when <see cref="IsPublished"/> changes: false when tor is lost, true when the onion is published again.</summary>
    event Action<bool>? PublishedChanged;

    /// <summary>
    /// Publishes it again for other clients, at the same address: tor can't change them in place. Returns when it is reachable by them, a
    /// second or two later. Visits under way go on, unless <paramref name="cut"/>: then all of them end, whosever they are.
    /// </summary>
    /// <param name="clientKeys">The public keys of all clients that may reach it from now on; null for everybody.</param>
    /// <param name="cut">Whether to close the circuits of the visitors that are there.</param>
    /// <param name="cancellationToken">Ends the wait; the change goes on.</param>
    Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until what was handed to tor has reached the visitors: until the rendezvous circuits of this onion are closed, or have
    /// carried nothing for <paramref name="quiet"/>, or <paramref name="limit"/> has passed.
    /// </summary>
    Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken);
}
