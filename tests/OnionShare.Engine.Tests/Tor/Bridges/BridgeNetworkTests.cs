using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>The real thing: services behind bridges of our own into the private network, fetched by a visitor, and what tor connects to meanwhile.</summary>
public sealed class BridgeNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare bridges \"ünï\" ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 180_000)]
    public async Task Behind_an_obfs4_bridge_a_service_is_reached_and_the_bridge_is_all_that_is_connected_to()
    {
        var program = Requires.Obfs4Proxy();
        var bridge = await fixture.BridgeAsync();

        var (status, outgoing) = await ServeAsync(new TorSettings { Bridges = [$"Bridge {bridge.Obfs4Line}"], TransportExecutables = [program] });

        Assert.Equal(["obfs4"], status.Transports);
        Assert.Equal([(Path.GetFileName(program), bridge.Obfs4Endpoint!)], outgoing);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_transport_program_with_spaces_and_quotes_in_its_path_is_run()
    {
        var original = Requires.Obfs4Proxy();
        var bridge = await fixture.BridgeAsync();
        var program = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "my # \"programs\\")).FullName, Path.GetFileName(original));
        File.Copy(original, program);

        var (status, outgoing) = await ServeAsync(new TorSettings { Bridges = [bridge.Obfs4Line!], TransportExecutables = [program] });

        Assert.Equal(TorState.Connected, status.State);
        Assert.Contains(outgoing, one => one.Remote.Equals(bridge.Obfs4Endpoint));
    }

    [Fact(Timeout = 180_000)]
    public async Task Behind_a_plain_bridge_a_service_is_reached_and_the_bridge_is_all_that_is_connected_to()
    {
        var bridge = await fixture.BridgeAsync();

        var (status, outgoing) = await ServeAsync(new TorSettings { Bridges = [bridge.Line], AddressFamily = TorAddressFamily.IPv4 });

        Assert.Equal(["bridge"], status.Transports);
        Assert.Equal([("tor", bridge.Endpoint)], outgoing);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_bridge_is_reached_by_IPv6()
    {
        // IPv6 alone can't be tried: tor then wants a relay with an IPv6 address in the consensus, and this network has none.
        Assert.SkipUnless(HasIPv6(), "skipped: this machine has no ::1");
        var network = await fixture.NetworkAsync();
        await using var bridge = await network.StartBridgeAsync(new() { Address = IPAddress.IPv6Loopback }, Cancel);

        var (_, outgoing) = await ServeAsync(new TorSettings { Bridges = [bridge.Line], AddressFamily = TorAddressFamily.PreferIPv6 });

        Assert.Equal(AddressFamily.InterNetworkV6, bridge.Endpoint.AddressFamily);
        Assert.Equal([("tor", bridge.Endpoint)], outgoing);
    }

    [Fact(Timeout = 180_000)]
    public async Task Of_several_bridges_one_that_answers_is_enough()
    {
        var program = Requires.Obfs4Proxy();
        var bridge = await fixture.BridgeAsync();
        var dead = bridge.Obfs4Line!.Replace(bridge.Obfs4Endpoint!.ToString(), "127.0.0.1:1", StringComparison.Ordinal);

        var (status, _) = await ServeAsync(new TorSettings { Bridges = [dead, bridge.Line, bridge.Obfs4Line], TransportExecutables = [program] });

        Assert.Equal(["obfs4", "bridge"], status.Transports);
    }

    private static bool HasIPv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Publishes, lets a visitor fetch, and tells where tor and its transports connected to beside the service.
    private async Task<(TorStatus Status, IReadOnlyList<(string Program, IPEndPoint Remote)> Outgoing)> ServeAsync(TorSettings settings)
    {
        TorSettingsCheck.Check(settings);
        var network = await fixture.NetworkAsync();
        var visitor = await fixture.VisitorAsync();
        await using var server = new OneBodyServer("over the bridge"u8.ToArray());
        await using var host = new TorHost(
            new TorOptions
            {
                ExecutablePath = network.TorProgram,
                TorrcInclude = network.BridgeInclude,
                Settings = settings,
                StateFolder = _folder,
                ConnectTimeout = TimeSpan.FromSeconds(90),
            },
            NullLogger<TorHost>.Instance);
        await using var watch = new ConnectionWatch(() => host.Status.ProcessId);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        using var browser = visitor.CreateHttpClient();
        Assert.Equal("over the bridge", await browser.GetStringAsync($"http://{onion.Address}/", Cancel));
        return (host.Status, [.. (await watch.OutgoingAsync()).Where(one => one.Remote.Port != server.Port)]);
    }
}
