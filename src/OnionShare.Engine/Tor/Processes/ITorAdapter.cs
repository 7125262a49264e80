using OnionShare.Engine.Tor.Installation;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>What the adapter on TorSharp brings, when it lies beside the engine (see <see cref="TorSharpAssembly"/>).</summary>
public interface ITorAdapter
{
    ITorFetcher Fetcher { get; }

    ITorRunner Runner { get; }
}
