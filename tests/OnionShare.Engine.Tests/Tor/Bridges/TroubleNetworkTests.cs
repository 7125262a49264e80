using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>Bridges that are not there and proxies that refuse, with a real tor: what a person is told, and how soon.</summary>
public sealed class TroubleNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare-trouble-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task Dead_obfs4_bridges_are_told_while_tor_still_tries()
    {
        var program = Requires.Obfs4Proxy();
        var line = (await fixture.BridgeAsync()).Obfs4Line!;
        var place = (await fixture.BridgeAsync()).Obfs4Endpoint!.ToString();
        string[] dead = [line.Replace(place, "127.0.0.1:1", StringComparison.Ordinal), line.Replace(place, "127.0.0.1:2", StringComparison.Ordinal)];

        await ToldAsync(new TorSettings { Bridges = dead, TransportExecutables = [program] }, "None of the 2 obfs4 bridges answers.", "get others");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_plain_bridge_that_is_another_relay_is_told()
    {
        var bridge = await fixture.BridgeAsync();
        await ToldAsync(
            new TorSettings { Bridges = [$"{bridge.Endpoint} {new string('A', 40)}"] },
            "What answers at the address of the bridge is another relay.", "whether the bridge lines are whole");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("https")]
    [InlineData("socks5")]
    public async Task A_proxy_that_refuses_the_password_is_told_and_the_password_is_not(string scheme)
    {
        await using var proxy = new CountingProxy("me", "right");

        await ToldAsync(
            new TorSettings { Bridges = [(await fixture.BridgeAsync()).Line], Proxy = $"{scheme}://me:wrong-word@{proxy.Endpoint}" },
            $"The proxy at {proxy.Endpoint} does not take this user name and password.", "Set-OnionTor -Proxy -ProxyCredential");

        Assert.True(proxy.Refused > 0);
        Assert.Empty(proxy.Led);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("https")]
    [InlineData("socks5")]
    public async Task A_proxy_that_is_not_there_is_told(string scheme) => await ToldAsync(
        new TorSettings { Bridges = [(await fixture.BridgeAsync()).Line], Proxy = $"{scheme}://127.0.0.1:1" }, "The proxy at 127.0.0.1:1 can't be reached.", "whether it runs");

    [Fact(Timeout = 120_000)]
    public async Task A_transport_program_that_can_not_go_through_a_proxy_is_told()
    {
        var program = Requires.SnowflakeClient();
        await using var proxy = new CountingProxy();
        const string Line = "snowflake 192.0.2.3:80 url=http://127.0.0.1:1/ ice=stun:127.0.0.1:1";
        await ToldAsync(
            new TorSettings { Bridges = [Line], TransportExecutables = [program], Proxy = $"https://{proxy.Endpoint}" },
            $"{program} can't go through a proxy.", "lyrebird");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_bridge_that_says_nothing_is_told_when_the_time_is_over()
    {
        var program = Requires.Obfs4Proxy();
        var bridge = await fixture.BridgeAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var host = await HostAsync(new TorSettings
        {
            Bridges = [bridge.Obfs4Line!.Replace($"{bridge.Obfs4Endpoint}", $"{silent.LocalEndpoint}", StringComparison.Ordinal)],
            TransportExecutables = [program],
            ConnectTimeout = TimeSpan.FromSeconds(8),
        });

        var problem = (await Assert.ThrowsAsync<ProblemException>(() => host.ConnectAsync(Cancel))).Problem;

        Assert.Equal(ProblemCodes.TorNotConnected, problem.Code);
        Assert.StartsWith("tor is not connected to the Tor network after 8 s. It is at ", problem.Detail, StringComparison.Ordinal);
        Assert.EndsWith(" The obfs4 bridge does not answer.", problem.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Bridges come and go", problem.Advice, StringComparison.Ordinal);
    }

    // Waits until the status says it, and no longer.
    private async Task ToldAsync(TorSettings settings, string detail, string advice)
    {
        await using var host = await HostAsync(settings);
        var told = new TaskCompletionSource<Problem>(TaskCreationOptions.RunContinuationsAsynchronously);
        host.StatusChanged += status =>
        {
            if (status is { State: TorState.Bootstrapping, Error: { } error }) told.TrySetResult(error);
        };
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var connecting = host.ConnectAsync(enough.Token);

        var problem = await told.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        Assert.Equal((ProblemCodes.TorNotConnected, detail), (problem.Code, problem.Detail));
        Assert.Contains(advice, problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-word", problem.ToString(), StringComparison.Ordinal);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private async Task<TorHost> HostAsync(TorSettings settings)
    {
        TorSettingsCheck.Check(settings);
        var network = await fixture.NetworkAsync();
        return new TorHost(
            new TorOptions { ExecutablePath = network.TorProgram, TorrcInclude = network.BridgeInclude, Settings = settings, StateFolder = _folder },
            NullLogger<TorHost>.Instance);
    }
}
