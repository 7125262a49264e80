using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Circumvention;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>Asking through a real tor, in the private network: the service is an onion.</summary>
public sealed class CircumventionNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare tor ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 180_000)]
    public async Task The_service_is_asked_through_tor()
    {
        var cancel = Cancel;
        var network = await fixture.NetworkAsync();
        await using var api = await ApiStandIn.HttpAsync();
        api.Says("settings", """{"errors":[{"code":404,"detail":"No provided transport is available for this country"}]}""")
            .Says("defaults", ApiStandIn.Settings(null, ("obfs4", "bridgedb", [ApiStandIn.Obfs4])));
        await using var host = new TorHost(
            new TorOptions { ExecutablePath = network.TorProgram, TorrcInclude = network.Include, StateFolder = _folder, ConnectTimeout = TimeSpan.FromSeconds(90) },
            NullLogger<TorHost>.Instance);
        await using var onion = await host.PublishAsync(OnionAt.Port(api.Port), cancel);

        var offers = await new BridgeInquiry(host, () => new TorSettings(), NullLogger.Instance)
            .AskAsync(new BridgeRequest { Country = "tm", Source = $"http://{onion.Address}/moat" }, cancel);

        Assert.Equal([ApiStandIn.Obfs4], Assert.Single(offers).Lines);
        Assert.Equal([("settings", """{"country":"tm"}"""), ("defaults", "{}")], api.Asked);
    }
}
