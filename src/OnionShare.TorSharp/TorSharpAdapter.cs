using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.TorSharp;

/// <summary>What the engine looks for in this assembly.</summary>
public sealed class TorSharpAdapter : ITorAdapter
{
    public ITorFetcher Fetcher { get; } = new TorSharpFetcher();

    public ITorRunner Runner { get; } = new TorSharpRunner();
}
