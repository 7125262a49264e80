using System.Net;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>A way to make an onion service known to a tor. It is never cancelled half-way: what tor has must be known here, to be removed.</summary>
internal interface IOnionRegistration
{
    /// <summary>Adds an onion, which tor then publishes; what is found out is its address, without <c>.onion</c>, and its key.</summary>
    /// <param name="session">The tor.</param>
    /// <param name="key">Its key, <c>ED25519-V3:base64</c>; null for a new one.</param>
    /// <param name="target">The endpoint at which tor reaches the service.</param>
    /// <param name="clientKeys">The public keys of the clients that may reach it; null for everybody.</param>
    /// <exception cref="ProblemException">tor does not take it; then there is nothing of it in that tor.</exception>
    /// <exception cref="ControlClosedException">That tor is gone.</exception>
    Task<(string ServiceId, string Key)> AddAsync(TorSession session, string? key, IPEndPoint target, IReadOnlyList<string>? clientKeys);

    /// <summary>Removes it. Nothing happens if that tor has not got it.</summary>
    /// <exception cref="ControlClosedException">That tor is gone, and the onion with it.</exception>
    Task RemoveAsync(TorSession session, string serviceId);
}
