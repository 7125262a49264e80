using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>The real thing: tors of our own in the private network, visited through another one.</summary>
public sealed class TorHostNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare tor \"ünï\" ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 180_000)]
    public async Task An_onion_is_reached_by_a_visitor_and_nothing_is_left_after_disposal()
    {
        await using var server = new OneBodyServer("hello"u8.ToArray());
        var seen = new List<TorStatus>();
        var host = await HostAsync();
        host.StatusChanged += status =>
        {
            lock (seen)
                seen.Add(status);
        };
        Assert.Equal(TorState.Off, host.Status.State);

        var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);

        Assert.True(onion.IsPublished);
        Assert.Matches("^[a-z2-7]{56}\\.onion$", onion.Address);
        Assert.Equal("hello", await FetchAsync(onion.Address));
        Assert.Equal(TorState.Connected, host.Status.State);
        Assert.Equal(100, host.Status.BootstrapPercent);
        Assert.NotNull(host.Status.ProcessId);
        Assert.Matches("^127\\.0\\.0\\.1:[0-9]+$", host.Status.Socks);
        lock (seen)
            Assert.Contains(seen, s => s is { State: TorState.Bootstrapping, BootstrapSummary.Length: > 0 });
        await AssertSecretAsync(onion.PrivateKey);

        var process = host.Status.ProcessId!.Value;
        if (OperatingSystem.IsLinux())
        {
            // Fields 5 and 6 of its stat are group and session: a Ctrl+C for the engine does not reach it, and no wrapper is in between.
            var stat = await File.ReadAllTextAsync($"/proc/{process}/stat", Cancel);
            Assert.StartsWith($"{process} (tor) ", stat, StringComparison.Ordinal);
            Assert.Equal([$"{process}", $"{process}"], stat.Split(' ')[4..6]);
        }

        await onion.DisposeAsync();
        await host.DisposeAsync();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
        Assert.Equal(TorState.Off, host.Status.State);
    }

    [Fact(Timeout = 180_000)]
    public async Task Sixty_onions_are_published_at_once_and_each_leads_to_its_own_server()
    {
        await using var host = await HostAsync();
        await using var first = new OneBodyServer("first"u8.ToArray());
        await using var last = new OneBodyServer("last"u8.ToArray());

        var onions = await Task.WhenAll(Enumerable.Range(0, 60).Select(n => host.PublishAsync(OnionAt.Port(n == 59 ? last.Port : first.Port), Cancel)));

        Assert.Equal(60, onions.Select(o => o.Address).Distinct().Count());
        Assert.Equal("first", await FetchAsync(onions[0].Address));
        Assert.Equal("last", await FetchAsync(onions[59].Address));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_killed_tor_comes_back_with_the_same_address()
    {
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = await HostAsync();
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var address = onion.Address;
        var changes = new List<bool>();
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onion.PublishedChanged += published =>
        {
            changes.Add(published);
            if (published)
                back.TrySetResult();
        };
        var states = new List<TorStatus>();
        host.StatusChanged += status =>
        {
            lock (states)
                states.Add(status);
        };
        var first = host.Status.ProcessId!.Value;

        Process.GetProcessById(first).Kill();
        await back.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        Assert.Equal([false, true], changes);
        Assert.Equal(address, onion.Address);
        Assert.NotEqual(first, host.Status.ProcessId);
        lock (states)
            Assert.Contains(states, s => s.State == TorState.Lost && s.Error!.Detail.StartsWith("tor ended.", StringComparison.Ordinal));
        Assert.Equal("still here", await FetchAsync(address));
    }

    [Fact(Timeout = 180_000)]
    public async Task An_address_whose_onion_was_disposed_can_be_published_again_and_not_twice_at_once()
    {
        await using var server = new OneBodyServer("again"u8.ToArray());
        await using var host = await HostAsync();
        var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var (address, key) = (onion.Address, onion.PrivateKey);

        var twice = await Assert.ThrowsAsync<ProblemException>(() => host.PublishAsync(OnionAt.Port(server.Port, key), Cancel));
        Assert.Equal(ProblemCodes.TorRefused, twice.Problem.Code);
        Assert.DoesNotContain(key[12..], twice.ToString(), StringComparison.Ordinal);
        Assert.Equal("again", await FetchAsync(address));

        await onion.DisposeAsync();
        await using var second = await host.PublishAsync(OnionAt.Port(server.Port, key), Cancel);
        Assert.Equal(address, second.Address);
        Assert.Equal("again", await FetchAsync(address));
    }

    [Theory(Timeout = 240_000)]
    [InlineData(40_000_000, 8_000_000)]
    [InlineData(4_000_000, 250_000)]
    public async Task What_was_handed_over_arrives_whole_when_tor_is_shut_down_right_after_draining(int length, int bytesPerSecond)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        await using var server = new OneBodyServer(body);
        var host = await HostAsync();
        await using var ending = host;
        var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        using var response = await browser.GetAsync($"http://{onion.Address}/", HttpCompletionOption.ResponseHeadersRead, Cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancel);
        var reading = SlowReader.ReadAsync(stream, bytesPerSecond);

        await server.HandedOver;
        await onion.DrainAsync(TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(2), Cancel);
        await host.DisposeAsync();

        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await reading));
    }

    [Fact(Timeout = 180_000)]
    public async Task Draining_what_nobody_visits_takes_no_time()
    {
        await using var server = new OneBodyServer([]);
        await using var host = await HostAsync();
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var clock = Stopwatch.StartNew();
        await onion.DrainAsync(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), Cancel);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Until.Limit);
    }

    private async Task<TorHost> HostAsync()
    {
        var network = await fixture.NetworkAsync();
        return new TorHost(
            new TorOptions { ExecutablePath = network.TorProgram, TorrcInclude = network.Include, StateFolder = _folder, ConnectTimeout = TimeSpan.FromSeconds(90) },
            NullLogger<TorHost>.Instance);
    }

    private async Task<string> FetchAsync(string address)
    {
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        return await browser.GetStringAsync($"http://{address}/", Cancel);
    }

    // The key is in no file below the state folder and not in tor's arguments; files and folders are the user's alone.
    private async Task AssertSecretAsync(string key)
    {
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(key[12..], await ReadSharedAsync(file), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode)Convert.ToInt32("077", 8));
        }

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, "tor")));
    }

    private static async Task<string> ReadSharedAsync(string file)
    {
        if (Path.GetFileName(file) is "engine.lock" or "lock")
            return "";
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return await reader.ReadToEndAsync(Cancel);
    }
}
