using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>A way to find a tor program and to start it as a process.</summary>
internal interface ITorLauncher
{
    TorConnectionType Connection { get; }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotFound"/>.</exception>
    Task<TorExecutable> FindAsync(CancellationToken cancellationToken);

    /// <param name="executable">What <see cref="FindAsync"/> gave.</param>
    /// <param name="folder">Its data folder.</param>
    /// <param name="torrc">The text of its torrc.</param>
    /// <param name="links">What must be in the folder it is started in.</param>
    /// <param name="log">Takes what it prints.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The tor, and what is held while it starts: to be disposed as soon as its control port is open, or it has ended.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotStarted"/>.</exception>
    Task<(IRunningTor Tor, IDisposable? Starting)> StartAsync(
        TorExecutable executable, TorDataFolder folder, string torrc, IReadOnlyList<TransportLink> links, TorLog log,
        CancellationToken cancellationToken);
}
