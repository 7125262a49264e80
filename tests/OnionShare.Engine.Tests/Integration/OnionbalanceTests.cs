using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Two engines, each with a tor of its own, behind one front of Debian's onionbalance.</summary>
public sealed class OnionbalanceTests(TorNetworkFixture fixture) : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly OnionbalanceProcess _front = new();
    private readonly Machine _one = new("one");
    private readonly Machine _two = new("two");

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact(Timeout = 420_000)]
    public async Task Visitors_reach_both_backends_at_the_fronts_address_go_on_when_one_is_killed_and_reach_it_again_when_it_is_back()
    {
        Requires.Onionbalance();
        var network = await fixture.NetworkAsync();
        var services = await Task.WhenAll(_one.BeginAsync(network, _front.Front), _two.BeginAsync(network, _front.Front));
        Assert.All(services, service => Assert.Equal($"http://onionshare:same-everywhere@{_front.Front}", service.Url));
        await _front.StartAsync(network, services[0].Address!, services[1].Address!);
        await _front.PublishesAsync(Limit, backends: 2);

        await using (var visitor = await network.StartClientAsync(cancellationToken: Cancel))
        {
            await ReachesAsync(visitor, "one");
            await ReachesAsync(visitor, "two");

            _one.Kill();
            var clock = Stopwatch.StartNew();
            for (var number = 0; number < 8; number++) Assert.Equal("two", await VisitAsync(visitor, $"after {number}"));
            await using (var newcomer = await network.StartClientAsync(cancellationToken: Cancel))
                Assert.Equal("two", await VisitAsync(newcomer, "newcomer"));

            // Who had just been introduced to the dead one waits half a minute until its tor tries another introduction.
            TestContext.Current.TestOutputHelper?.WriteLine($"nine visits after the kill took {clock.Elapsed.TotalSeconds:0.0} s");
        }

        _front.SkipLog();
        var back = await _one.ResumeAsync(network);
        Assert.Equal((services[0].Address, services[0].Url), (back.Address, back.Url));
        await _front.SaysAsync(Limit, services[0].Address![..56], "the intro set changed");
        await _front.PublishesAsync(Limit, backends: 2);
        await using (var visitor = await network.StartClientAsync(cancellationToken: Cancel))
        {
            await ReachesAsync(visitor, "one");
            await ReachesAsync(visitor, "two");
        }
    }

    // Each visit has a circuit of its own, and so a backend drawn anew: 40 times the other one is as good as impossible.
    private async Task ReachesAsync(TorClient visitor, string backend)
    {
        for (var number = 0; number < 40; number++)
        {
            if (await VisitAsync(visitor, $"{backend} {number}") == backend) return;
        }

        Assert.Fail($"40 visits, and none at {backend}");
    }

    private async Task<string> VisitAsync(TorClient tor, string isolation)
    {
        using var visitor = new Visitor($"http://onionshare:same-everywhere@{_front.Front}", handler: tor.CreateHandler(isolation));
        return await visitor.Client.GetStringAsync("/", Cancel);
    }

    /// <summary>What stands for one machine: a state folder, an engine with a tor of its own, and a copy of the site that tells which.</summary>
    private sealed class Machine(string name) : IAsyncDisposable
    {
        private readonly Scratch _scratch = new();
        private EngineProcess? _engine;
        private int? _tor;

        public async Task<ServiceStatus> BeginAsync(PrivateTorNetwork network, string front)
        {
            var site = _scratch.File("index.html", System.Text.Encoding.UTF8.GetBytes(name));
            using var client = await StartAsync(network);
            var service = await client.RunAsync(new WebsiteRequest
            {
                Paths = [Path.GetDirectoryName(site)!],
                Name = "site",
                Password = "same-everywhere",
                OnionBalance = front,
                Save = true,
            });
            return await ReachedAsync(client, service);
        }

        /// <summary>The engine and its tor, both at once, without a word.</summary>
        public void Kill()
        {
            EngineProcess.Send(_tor!.Value, EngineProcess.Kill);
            _engine!.Signal(EngineProcess.Kill);
        }

        /// <summary>Starts the engine again; what was saved and detached comes back by itself.</summary>
        public async Task<ServiceStatus> ResumeAsync(PrivateTorNetwork network)
        {
            await _engine!.ExitAsync();
            var folder = Assert.Single(Directory.GetDirectories(Path.Combine(_scratch.State, "tor", "onions")));
            var left = File.GetLastWriteTimeUtc(Path.Combine(folder, "hs_ed25519_secret_key"));
            using var client = await StartAsync(network);
            var reached = await ReachedAsync(client, await ComesAsync(client));
            Assert.NotEqual(left, File.GetLastWriteTimeUtc(Path.Combine(folder, "hs_ed25519_secret_key")));
            return reached;
        }

        public async ValueTask DisposeAsync()
        {
            if (_engine is not null) await _engine.DisposeAsync();
            _scratch.Dispose();
        }

        private async Task<ControlClient> StartAsync(PrivateTorNetwork network)
        {
            if (_engine is not null) await _engine.DisposeAsync();
            _engine = EngineProcess.Start(_scratch, "serve", "--tor", network.TorProgram, "--torrc-include", network.Include, "--idle-exit", "10m");
            return await ControlClient.WaitAsync(_scratch.Socket);
        }

        // The engine answers before it has brought anything back.
        private static async Task<ServiceStatus> ComesAsync(ControlClient client)
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            late.CancelAfter(Limit);
            await foreach (var happened in client.EventsAsync(Routes.Events, late.Token))
            {
                if (happened is ServiceChanged { Service: { State: ServiceState.Running or ServiceState.Failed } service }) return service;
            }

            throw new InvalidOperationException("The events ended.");
        }

        private async Task<ServiceStatus> ReachedAsync(ControlClient client, ServiceStatus service)
        {
            Assert.True(service.State == ServiceState.Running, $"{service.Error}");
            _tor = (await client.EngineAsync()).Tor.ProcessId;
            return service;
        }
    }
}
