using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>One way to come by a tor. Watching it and bringing it back is not its part.</summary>
internal interface ITorSource : IAsyncDisposable
{
    /// <summary>Opens a tor: an authenticated control connection and what belongs to it. Can be called again when that tor is gone.</summary>
    /// <exception cref="ProblemException">There is none to be had.</exception>
    Task<TorSession> OpenAsync(CancellationToken cancellationToken);
}
