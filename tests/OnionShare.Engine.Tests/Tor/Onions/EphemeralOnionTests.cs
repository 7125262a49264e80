using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Onions;

/// <summary>What tor is told of who may reach an onion, over tors in memory.</summary>
public sealed class EphemeralOnionTests : IAsyncDisposable
{
    private readonly InMemoryTors _tors = new();
    private readonly TorHost _host;

    public EphemeralOnionTests() =>
        _host = new TorHost(() => new TorSettings(), _ => _tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Never, _ => { }, NullLogger.Instance, TimeProvider.System);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Every_client_key_is_told_to_tor()
    {
        string[] keys = [ClientKey.Generate().PublicKey, ClientKey.Generate().PublicKey];
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600) with { ClientKeys = keys }, Cancel);
        Assert.Contains($" Flags=V3Auth ClientAuthV3={keys[0]} ClientAuthV3={keys[1]} ", _tors.Opened[0].Commands.Last(), StringComparison.Ordinal);
    }

    // tor takes an onion without any key as one for everybody.
    [Fact(Timeout = 120_000)]
    public async Task With_every_client_revoked_nobody_gets_in()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600) with { ClientKeys = [] }, Cancel);
        Assert.Matches(" Flags=V3Auth ClientAuthV3=[A-Z2-7]{52} ", _tors.Opened[0].Commands.Last());
    }
}
