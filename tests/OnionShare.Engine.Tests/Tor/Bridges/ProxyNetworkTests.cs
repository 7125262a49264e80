using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>Services whose tor reaches the private network through a proxy or past a firewall, and whether anything goes around it.</summary>
public sealed class ProxyNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private const string Odd = "p@ss:wo/rd%41\" ü";
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare-proxy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Timeout = 180_000)]
    [InlineData("https", "CONNECT", null, null)]
    [InlineData("https", "CONNECT", "me", Odd)]
    [InlineData("socks5", "SOCKS 5", null, null)]
    [InlineData("socks5", "SOCKS 5", "me", Odd)]
    public async Task Everything_goes_through_the_proxy_and_nothing_around_it(string scheme, string protocol, string? user, string? password)
    {
        await using var proxy = new CountingProxy(user, password);

        var (_, outgoing) = await ServeAsync(new TorSettings { Proxy = Address(scheme, proxy, user, password) });

        Assert.Equal([proxy.Endpoint], outgoing);
        Assert.NotEmpty(proxy.Led);
        Assert.All(proxy.Led, led => Assert.Equal(protocol, led.Protocol));
        Assert.True(proxy.Bytes > 50_000, $"only {proxy.Bytes} bytes went through the proxy");
        Assert.Equal(0, proxy.Refused);
        AssertKept(password);
    }

    [Theory(Timeout = 180_000)]
    [InlineData("https")]
    [InlineData("socks5")]
    public async Task An_obfs4_bridge_is_reached_through_the_proxy_with_the_password_as_it_was_meant(string scheme)
    {
        var program = Requires.Obfs4Proxy();
        var bridge = await fixture.BridgeAsync();
        await using var proxy = new CountingProxy("m@e", Odd);

        var (status, outgoing) = await ServeAsync(
            new TorSettings { Bridges = [bridge.Obfs4Line!], TransportExecutables = [program], Proxy = Address(scheme, proxy, "m@e", Odd) }, withBridge: true);

        Assert.Equal(["obfs4"], status.Transports);
        Assert.Equal([proxy.Endpoint], outgoing);
        Assert.All(proxy.Led, led => Assert.Equal(bridge.Obfs4Endpoint, led.Target));
        Assert.Equal(0, proxy.Refused);
    }

    [Fact(Timeout = 180_000)]
    public async Task Only_addresses_the_firewall_lets_through_are_connected_to()
    {
        var network = await fixture.NetworkAsync();
        var entries = await EntriesAsync(network.Include);
        Assert.Equal(3, entries.Count);

        var (_, outgoing) = await ServeAsync(new TorSettings { ReachableAddresses = [$"127.0.0.0/8:{entries[0].Port}", $"*:{entries[1].Port}"] });

        Assert.NotEmpty(outgoing);
        Assert.Empty(outgoing.Except(entries.Take(2)));
    }

    private static string Address(string scheme, CountingProxy proxy, string? user, string? password) =>
        user is null ? $"{scheme}://{proxy.Endpoint}" : $"{scheme}://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password!)}@{proxy.Endpoint}";

    // «DirAuthority authority1 orport=PORT …», in the fragment that the client's one includes.
    private static async Task<IReadOnlyList<IPEndPoint>> EntriesAsync(string include)
    {
        var common = Path.Combine(Path.GetDirectoryName(include)!, "network.torrc");
        var lines = (await File.ReadAllLinesAsync(common, Cancel)).Where(line => line.StartsWith("DirAuthority ", StringComparison.Ordinal));
        return [.. lines.Select(line => new IPEndPoint(IPAddress.Loopback, int.Parse(line.Split("orport=")[1].Split(' ')[0])))];
    }

    // The password is in tor's own configuration, which is the user's alone, and in no other file.
    private void AssertKept(string? password)
    {
        if (password is null) return;
        var files = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("lock" or "engine.lock") && File.ReadAllText(file).Contains("wo/rd%41", StringComparison.Ordinal));
        var torrc = Assert.Single(files);
        Assert.Equal("torrc", Path.GetFileName(torrc));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(torrc));
    }

    private async Task<(TorStatus Status, IReadOnlyList<IPEndPoint> Outgoing)> ServeAsync(TorSettings settings, bool withBridge = false)
    {
        TorSettingsCheck.Check(settings);
        var network = await fixture.NetworkAsync();
        var visitor = await fixture.VisitorAsync();
        await using var server = new OneBodyServer("through the proxy"u8.ToArray());
        await using var host = new TorHost(
            new TorOptions
            {
                ExecutablePath = network.TorProgram,
                TorrcInclude = withBridge ? network.BridgeInclude : network.Include,
                Settings = settings,
                StateFolder = _folder,
                ConnectTimeout = TimeSpan.FromSeconds(90),
            },
            NullLogger<TorHost>.Instance);
        await using var watch = new ConnectionWatch(() => host.Status.ProcessId);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        using var browser = visitor.CreateHttpClient();
        Assert.Equal("through the proxy", await browser.GetStringAsync($"http://{onion.Address}/", Cancel));
        return (host.Status, [.. (await watch.OutgoingAsync()).Select(one => one.Remote).Where(remote => remote.Port != server.Port).Distinct()]);
    }
}
