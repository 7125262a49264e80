using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>An installed tor on the private network: run by the engine, and by TorSharp.</summary>
public sealed class InstalledTorNetworkTests(TorNetworkFixture fixture)
{
    [Fact(Timeout = 180_000)]
    public async Task An_installed_tor_publishes_what_a_visitor_fetches()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => new SiteFetcher());
        var installed = await place.InstallAsync();
        await using var server = new OneBodyServer("installed"u8.ToArray());
        await using var host = await HostAsync(place, new TorSettings { Connection = TorConnectionType.Own, Executable = installed.Path });

        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);

        Assert.Equal("installed", await FetchAsync(onion.Address));
        Assert.Equal(installed.Path, host.Status.Source);
    }

    [Fact(Timeout = 180_000)]
    public async Task TorSharp_runs_it_behind_a_cookie_and_nothing_is_left_afterwards()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => InstallRequires.TorSharp().Fetcher);
        var installed = await place.InstallAsync();
        await using var server = new OneBodyServer("by TorSharp"u8.ToArray());
        await using var host = await HostAsync(place, new TorSettings { Connection = TorConnectionType.TorSharp });

        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);

        Assert.Equal("by TorSharp", await FetchAsync(onion.Address));
        Assert.Equal(TorConnectionType.TorSharp, host.Status.Connection);
        Assert.Equal(installed.Path, host.Status.Source);
        var process = host.Status.ProcessId!.Value;
        if (OperatingSystem.IsLinux())
            Assert.Equal(installed.Path, new FileInfo($"/proc/{process}/exe").LinkTarget);
        var torrc = await File.ReadAllTextAsync(Path.Combine(ProgramFolder(installed), "data", "tor", "torrc"), Cancel);
        Assert.Contains("CookieAuthentication 1", torrc, StringComparison.Ordinal);
        Assert.Contains($"__OwningControllerProcess {Environment.ProcessId}", torrc, StringComparison.Ordinal);
        Assert.DoesNotContain("HashedControlPassword", torrc, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(ProgramFolder(installed), "privoxy*", SearchOption.AllDirectories));

        await host.DisposeAsync();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_tor_of_TorSharps_that_is_killed_comes_back_with_the_same_address()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => InstallRequires.TorSharp().Fetcher);
        await place.InstallAsync();
        await using var server = new OneBodyServer("again"u8.ToArray());
        await using var host = await HostAsync(place, new TorSettings { Connection = TorConnectionType.TorSharp });
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onion.PublishedChanged += published =>
        {
            if (published)
                back.TrySetResult();
        };

        var first = host.Status.ProcessId!.Value;
        Process.GetProcessById(first).Kill();
        await back.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);

        Assert.NotEqual(first, host.Status.ProcessId);
        Assert.Equal("again", await FetchAsync(onion.Address));
    }

    [Fact(Timeout = 180_000)]
    public async Task Two_engines_run_the_same_installation_through_TorSharp_at_once()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => InstallRequires.TorSharp().Fetcher);
        await place.InstallAsync();
        var settings = new TorSettings { Connection = TorConnectionType.TorSharp };
        await using var first = await HostAsync(place, settings);
        await using var second = await HostAsync(place, settings);

        await Task.WhenAll(first.ConnectAsync(Cancel), second.ConnectAsync(Cancel));

        Assert.NotEqual(first.Status.ProcessId, second.Status.ProcessId);
        Assert.NotEqual(first.Status.Socks, second.Status.Socks);
    }

    [Fact]
    public async Task A_tor_that_ends_at_once_under_TorSharp_is_told_with_what_it_said()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => InstallRequires.TorSharp().Fetcher);
        await place.InstallAsync();
        await using var host = new TorHost(
            new TorOptions
            {
                Settings = new TorSettings { Connection = TorConnectionType.TorSharp, Torrc = ["NoSuchOption 1"] },
                Adapter = InstallRequires.TorSharp,
                StateFolder = place.State,
            },
            NullLogger<TorHost>.Instance);

        var failed = await Assert.ThrowsAsync<ProblemException>(() => host.ConnectAsync(Cancel));

        Assert.Equal(ProblemCodes.TorNotStarted, failed.Problem.Code);
        Assert.Contains("NoSuchOption", failed.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_TorSharp_can_not_take_is_told()
    {
        var run = new TorRun { ProgramFolder = "/a \"b\"/tor", Torrc = "", DataFolder = "/nowhere", SocksPort = 1, ControlPort = 2 };

        var failed = await Assert.ThrowsAsync<ProblemException>(() => InstallRequires.TorSharp().Runner.StartAsync(run, _ => { }));

        Assert.Equal(ProblemCodes.TorNotStarted, failed.Problem.Code);
        Assert.Contains("quotation mark", failed.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "built without TorSharp")]
    [InlineData(false, "No tor was installed")]
    public async Task Without_TorSharp_or_without_an_installation_it_is_said_what_to_do(bool notBuilt, string said)
    {
        var state = Directory.CreateTempSubdirectory("onionshare-torsharp-");
        try
        {
            ITorAdapter? Adapter() => notBuilt ? null : new NoAdapter();
            await using var host = new TorHost(
                new TorOptions { Settings = new TorSettings { Connection = TorConnectionType.TorSharp }, Adapter = Adapter, StateFolder = state.FullName },
                NullLogger<TorHost>.Instance);

            var failed = await Assert.ThrowsAsync<ProblemException>(() => host.ConnectAsync(Cancel));

            Assert.Equal(ProblemCodes.TorNotFound, failed.Problem.Code);
            Assert.Contains(said, failed.Problem.Detail, StringComparison.Ordinal);
            Assert.Contains("Set-OnionTor -Connection Own", failed.Problem.Advice, StringComparison.Ordinal);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_installed_tor_is_the_last_that_is_looked_for()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => new SiteFetcher());
        var installed = await place.InstallAsync();

        Assert.Equal(installed.Path, TorPlaces.OfThisMachine(null, place.State).Usual[^1]);
        Assert.DoesNotContain(installed.Path, TorPlaces.OfThisMachine(null, Path.GetDirectoryName(place.State)!).Usual);
    }

    [Fact]
    public async Task Its_pluggable_transports_are_found_for_any_tor()
    {
        await using var place = await InstallWorkplace.CreateAsync(() => new SiteFetcher());
        var installed = await place.InstallAsync();
        var brought = Path.Combine(Path.GetDirectoryName(installed.Path)!, "pluggable_transports");

        Assert.Contains(brought, TransportPlaces.OfThisMachine([], "/somewhere/tor", place.State).Folders);
        Assert.Equal(Path.Combine(brought, "lyrebird"), new TransportPlaces([], [brought]).Find("obfs4"));
    }

    private static string ProgramFolder(TorInstallation installed) => Directory.GetParent(installed.Path)!.Parent!.FullName;

    private async Task<TorHost> HostAsync(InstallWorkplace place, TorSettings settings)
    {
        var network = await fixture.NetworkAsync();
        return new TorHost(
            new TorOptions
            {
                Settings = settings,
                Adapter = InstallRequires.TorSharp,
                TorrcInclude = network.Include,
                StateFolder = place.State,
                ConnectTimeout = TimeSpan.FromSeconds(90),
            },
            NullLogger<TorHost>.Instance);
    }

    private async Task<string> FetchAsync(string address)
    {
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        return await browser.GetStringAsync($"http://{address}/", Cancel);
    }

    private sealed class NoAdapter : ITorAdapter
    {
        public ITorFetcher Fetcher => throw new NotSupportedException();

        public ITorRunner Runner => throw new NotSupportedException();
    }
}
