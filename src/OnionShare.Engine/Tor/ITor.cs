using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Tor;

/// <summary>
/// A tor that is brought up when it is first needed, watched, brought back when it dies, and taken down on disposal. Every onion
/// published through it is published again, at the same address, whenever tor comes back.
/// </summary>
public interface ITor : IAsyncDisposable
{
    TorStatus Status { get; }

    /// <summary>Raised after every change of <see cref="Status"/>, bootstrap progress included.</summary>
    event Action<TorStatus>? StatusChanged;

    /// <summary>Brings tor up if it is not, and waits until it is connected to the Tor network.</summary>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.TorNotFound"/>, <see cref="ProblemCodes.TorNotStarted"/> or <see cref="ProblemCodes.TorNotConnected"/>.
    /// </exception>
    Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Publishes a version 3 onion service and returns as soon as its first descriptor has been uploaded.</summary>
    /// <exception cref="ProblemException">
    /// As <see cref="ConnectAsync"/>; or <see cref="ProblemCodes.TorRefused"/>, <see cref="ProblemCodes.NotPublished"/>.
    /// </exception>
    Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken);
}
