using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Onions;

/// <summary>Backends of an Onionbalance front on real tors in the private network. What the front itself does: see OnionbalanceTests.</summary>
public sealed class BackendNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private const string Front = "wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion";

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare tor \"ünï\" #").FullName;

    private string Onions => Path.Combine(_folder, "tor", "onions");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 240_000)]
    public async Task They_come_and_go_beside_others_and_nobody_is_disturbed()
    {
        var body = RandomNumberGenerator.GetBytes(6_000_000);
        await using var large = new OneBodyServer(body);
        await using var small = new OneBodyServer("small"u8.ToArray());
        await using var plain = new OneBodyServer("plain"u8.ToArray());
        await using var host = await HostAsync();
        using var key = OnionKey.Generate();
        var stays = await host.PublishAsync(OnionAt.Port(large.Port, key.ToControl()) with { BalanceFront = Front }, Cancel);
        await using var other = await host.PublishAsync(OnionAt.Port(plain.Port), Cancel);
        Assert.Equal(key.Address, stays.Address);
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        using var response = await browser.GetAsync($"http://{stays.Address}/", HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var start = new byte[100_000];
        await stream.ReadExactlyAsync(start, Cancel);

        var more = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.PublishAsync(OnionAt.Port(small.Port) with { BalanceFront = Front }, Cancel)));
        Assert.All(await Task.WhenAll(more.Select(onion => FetchAsync(onion.Address))), text => Assert.Equal("small", text));
        Assert.Equal(4, Directory.GetDirectories(Onions).Length);
        foreach (var onion in more) await onion.DisposeAsync();

        // A download that was under way through all of it, and newcomers at both that stayed.
        var rest = new MemoryStream();
        await stream.CopyToAsync(rest, Cancel);
        Assert.Equal(SHA256.HashData(body), SHA256.HashData([.. start, .. rest.ToArray()]));
        Assert.Equal("plain", await FetchAsync(other.Address));
        Assert.Equal([key.Address[..56]], Directory.GetDirectories(Onions).Select(Path.GetFileName));

        await stays.DisposeAsync();
        Assert.Empty(Directory.GetDirectories(Onions));
        Assert.Equal("plain", await FetchAsync(other.Address));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_killed_tor_comes_back_with_all_of_them_at_their_addresses()
    {
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = await HostAsync();
        var onions = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => host.PublishAsync(OnionAt.Port(server.Port) with { BalanceFront = Front }, Cancel)));
        var addresses = onions.Select(onion => onion.Address).ToArray();
        var back = onions.Select(BackAsync).ToArray();

        Process.GetProcessById(host.Status.ProcessId!.Value).Kill();
        await Task.WhenAll(back).WaitAsync(TimeSpan.FromSeconds(90), Cancel);

        Assert.Equal(addresses, onions.Select(onion => onion.Address));
        // One who was there before may be sent to the dead tor by what its own tor remembers; these were not.
        Assert.All(await Task.WhenAll(addresses.Select(FetchAsync)), text => Assert.Equal("still here", text));
    }

    [Fact(Timeout = 180_000)]
    public async Task An_onion_service_in_the_users_own_torrc_lives_on()
    {
        var network = await fixture.NetworkAsync();
        await using var users = new OneBodyServer("the user's"u8.ToArray());
        await using var server = new OneBodyServer("ours"u8.ToArray());
        var include = Path.Combine(_folder, "own.torrc");
        var own = Path.Combine(_folder, "own service");
        await File.WriteAllTextAsync(
            include, $"%include {TorrcText.Quote(network.Include)}\nHiddenServiceDir {TorrcText.Quote(own)}\nHiddenServicePort 80 127.0.0.1:{users.Port}\n", Cancel);
        await using var host = await HostAsync(include);

        var onion = await host.PublishAsync(OnionAt.Port(server.Port) with { BalanceFront = Front }, Cancel);
        Assert.Equal("ours", await FetchAsync(onion.Address));
        await onion.DisposeAsync();

        var address = (await File.ReadAllTextAsync(Path.Combine(own, "hostname"), Cancel)).Trim();
        Assert.Equal("the user's", await FetchAsync(address));
        Assert.True(File.Exists(Path.Combine(own, "hs_ed25519_secret_key")));
    }

    [Fact(Timeout = 180_000)]
    public async Task An_address_is_published_once_whichever_way_it_came()
    {
        await using var server = new OneBodyServer("one"u8.ToArray());
        await using var host = await HostAsync();
        using var key = OnionKey.Generate();
        var plain = OnionAt.Port(server.Port, key.ToControl());
        var backend = plain with { BalanceFront = Front };

        await using (await host.PublishAsync(plain, Cancel))
            Assert.Equal(ProblemCodes.TorRefused, (await Assert.ThrowsAsync<ProblemException>(() => host.PublishAsync(backend, Cancel))).Problem.Code);
        await using var onion = await host.PublishAsync(backend, Cancel);
        Assert.Equal(ProblemCodes.TorRefused, (await Assert.ThrowsAsync<ProblemException>(() => host.PublishAsync(plain, Cancel))).Problem.Code);
        Assert.Equal("one", await FetchAsync(key.Address));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_tor_that_is_somebody_elses_keeps_its_own_onion_services_and_takes_no_backend()
    {
        var network = await fixture.NetworkAsync();
        await using var theirs = new OneBodyServer("theirs"u8.ToArray());
        var own = Path.Combine(_folder, "their service");
        await using var system = await network.StartClientAsync(
            new() { ControlPort = true, Torrc = [$"HiddenServiceDir {TorrcText.Quote(own)}", $"HiddenServicePort 80 127.0.0.1:{theirs.Port}"] }, Cancel);
        var settings = new TorSettings { Connection = TorConnectionType.ControlEndpoint, ControlEndpoint = $"{system.ControlEndpoint}" };
        await using var host = new TorHost(
            new TorOptions { Settings = settings, StateFolder = Path.Combine(_folder, "state") }, NullLogger<TorHost>.Instance);
        await using var plain = await host.PublishAsync(OnionAt.Port(theirs.Port), Cancel);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => host.PublishAsync(OnionAt.Port(theirs.Port) with { BalanceFront = Front }, Cancel));

        Assert.Equal(
            $"A backend of Onionbalance needs a tor that the engine runs itself; this one is {system.ControlEndpoint}, whose onion services are not the engine's to configure.",
            refused.Problem.Detail);
        Assert.Contains("Set-OnionTor -Connection Own", refused.Problem.Advice, StringComparison.Ordinal);
        var address = (await File.ReadAllTextAsync(Path.Combine(own, "hostname"), Cancel)).Trim();
        Assert.Equal(["theirs", "theirs"], await Task.WhenAll(FetchAsync(address), FetchAsync(plain.Address)));
        Assert.False(Directory.Exists(Path.Combine(_folder, "state")));
    }

    private async Task<TorHost> HostAsync(string? include = null)
    {
        var network = await fixture.NetworkAsync();
        return new TorHost(
            new TorOptions
            {
                ExecutablePath = network.TorProgram,
                TorrcInclude = include ?? network.Include,
                StateFolder = _folder,
                ConnectTimeout = TimeSpan.FromSeconds(90),
            },
            NullLogger<TorHost>.Instance);
    }

    private async Task<string> FetchAsync(string address)
    {
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        return await browser.GetStringAsync($"http://{address}/", Cancel);
    }

    private static async Task BackAsync(IOnion onion)
    {
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onion.PublishedChanged += published =>
        {
            if (published) back.TrySetResult();
        };
        await back.Task;
    }
}
