using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>
/// Transports whose far end can't be run here: the real program is started by tor and knocks at a stand-in on loopback, or a stand-in of the program
/// leads to a bridge of our own.
/// </summary>
public sealed class TransportNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private const string Fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare-transports-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Timeout = 120_000)]
    [InlineData("front")]
    [InlineData("fronts")]
    public async Task Meek_knocks_at_the_front_and_asks_for_what_is_behind_it(string key)
    {
        using var front = new TcpListener(IPAddress.Loopback, 0);
        front.Start();

        var request = await KnockAsync(front, Requires.Obfs4Proxy(), $"meek_lite 192.0.2.20:80 {Fingerprint} url=http://127.0.0.1:1/meek {key}={front.LocalEndpoint}");

        Assert.StartsWith("POST /meek HTTP/1.1\r\nHost: 127.0.0.1:1\r\n", request, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("front")]
    [InlineData("fronts")]
    public async Task Snowflake_knocks_at_the_front_and_asks_for_its_broker(string key)
    {
        using var front = new TcpListener(IPAddress.Loopback, 0);
        front.Start();

        var request = await KnockAsync(
            front,
            Requires.SnowflakeClient(),
            $"snowflake 192.0.2.3:80 {Fingerprint} fingerprint={Fingerprint} url=http://127.0.0.1:1/ {key}={front.LocalEndpoint} ice=stun:127.0.0.1:1");

        Assert.StartsWith("POST /client HTTP/1.1\r\nHost: 127.0.0.1:1\r\n", request, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Webtunnel_is_told_its_address_and_leads_to_the_bridge()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: the stand-in of webtunnel's program is a shell script");
        var network = await fixture.NetworkAsync();
        var bridge = await fixture.BridgeAsync();
        await using var tunnel = new CountingProxy("url=https://example.invalid/path#x;ver=0.0.3", "\0");
        var program = Path.Combine(_folder, "webtunnel-client");
        await File.WriteAllTextAsync(
            program, $"#!/bin/sh\necho VERSION 1\necho CMETHOD webtunnel socks5 {tunnel.Endpoint}\necho CMETHODS DONE\nexec cat >/dev/null\n", Cancel);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await using var host = Host(network, program, $"webtunnel {bridge.Line} url=https://example.invalid/path#x ver=0.0.3");
        await host.ConnectAsync(Cancel);

        Assert.Equal(["webtunnel"], host.Status.Transports);
        Assert.All(tunnel.Led, led => Assert.Equal(("SOCKS 5", bridge.Endpoint), led));
        Assert.Equal(0, tunnel.Refused);
    }

    // The head of the first request that arrives.
    private async Task<string> KnockAsync(TcpListener front, string program, string line)
    {
        await using var host = Host(await fixture.NetworkAsync(), program, line);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var connecting = host.ConnectAsync(ended.Token);
        using var visit = await front.AcceptTcpClientAsync(Cancel);
        using var reader = new StreamReader(visit.GetStream(), Encoding.ASCII);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync(Cancel) is { Length: > 0 } one) head.Append(one).Append("\r\n");
        Assert.False(connecting.IsCompleted);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        return head.ToString();
    }

    private TorHost Host(OnionShare.TorNetwork.PrivateTorNetwork network, string program, string line)
    {
        var settings = new TorSettings { Bridges = [line], TransportExecutables = [program] };
        TorSettingsCheck.Check(settings);
        return new TorHost(
            new TorOptions
            {
                ExecutablePath = network.TorProgram,
                TorrcInclude = network.BridgeInclude,
                Settings = settings,
                StateFolder = _folder,
                ConnectTimeout = TimeSpan.FromSeconds(90),
            },
            NullLogger<TorHost>.Instance);
    }
}
