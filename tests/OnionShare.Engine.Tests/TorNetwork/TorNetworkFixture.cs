using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.TorNetwork;
using Xunit;

[assembly: AssemblyFixture(typeof(TorNetworkFixture))]

namespace OnionShare.Engine.Tests.TorNetwork;

/// <summary>
/// The one private Tor network all tests share. A test class takes it as a constructor parameter and calls <see cref="NetworkAsync"/>;
/// the first call starts it (10 s), and skips the test where there is no tor. It ends with the test run.
/// </summary>
public sealed class TorNetworkFixture : IAsyncDisposable
{
    private readonly Lazy<Task<PrivateTorNetwork>> _network = new(() => Task.Run(() => PrivateTorNetwork.StartAsync()));
    private readonly Lazy<Task<TorClient>> _visitor;
    private readonly Lazy<Task<TorBridge>> _bridge;

    public TorNetworkFixture()
    {
        _visitor = new(() => Task.Run(async () => await (await _network.Value).StartClientAsync()));
        _bridge = new(() => Task.Run(async () => await (await _network.Value).StartBridgeAsync()));
    }

    /// <summary>The network, ready to be used. Do not dispose it.</summary>
    public Task<PrivateTorNetwork> NetworkAsync()
    {
        Requires.Tor();
        // One test's cancellation must not take the network from the others.
        return _network.Value.WaitAsync(Cancel);
    }

    /// <summary>A visitor's tor in that network, shared too. Do not dispose or kill it: tests which do start their own.</summary>
    public Task<TorClient> VisitorAsync()
    {
        Requires.Tor();
        return _visitor.Value.WaitAsync(Cancel);
    }

    /// <summary>A bridge into that network, shared too, with obfs4 where <see cref="Requires.Obfs4Proxy"/> finds the program. Do not dispose or kill it.</summary>
    public Task<TorBridge> BridgeAsync()
    {
        Requires.Tor();
        return _bridge.Value.WaitAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_network.IsValueCreated) return;
        if (_bridge.IsValueCreated) await ((Task)_bridge.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_visitor.IsValueCreated) await ((Task)_visitor.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // A network that could not start has cleaned up after itself, and failed the tests that asked for it.
        await ((Task)_network.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_network.Value.IsCompletedSuccessfully) await (await _network.Value).DisposeAsync();
    }
}
