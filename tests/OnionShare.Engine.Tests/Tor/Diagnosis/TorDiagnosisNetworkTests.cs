using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Diagnosis;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Diagnosis;

/// <summary>The diagnosis of real tors in the private network.</summary>
public sealed class TorDiagnosisNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare tor ").FullName;
    private TorSettings _settings = new() { Bridges = [], TransportExecutables = [], ReachableAddresses = [], Torrc = [], ConnectTimeout = TimeSpan.FromSeconds(90) };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 180_000)]
    public async Task A_tor_that_works_passes_every_check_and_is_gone_afterwards()
    {
        await using var host = await HostAsync();
        int? process = null;
        var checks = new List<TorCheck>();
        await foreach (var check in Diagnosis(host, await OptionsAsync()).RunAsync(Cancel))
        {
            checks.Add(check);
            process ??= host.Status.ProcessId;
        }

        Assert.Equal(CheckNames.All, checks.Select(check => check.Name));
        Assert.All(checks, check => Assert.Equal((TorCheckResult.Passed, null), (check.Result, check.Advice)));
        Assert.Matches("uploads have succeeded\\.$", checks[5].Detail);
        Assert.Equal(TorState.Off, host.Status.State);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process!.Value));
    }

    [Fact(Timeout = 180_000)]
    public async Task Two_at_once_beside_a_service_disturb_neither_it_nor_each_other()
    {
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = await HostAsync();
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var changes = 0;
        onion.PublishedChanged += _ => Interlocked.Increment(ref changes);
        var process = host.Status.ProcessId;
        var diagnosis = Diagnosis(host, await OptionsAsync());

        var both = await Task.WhenAll(AllAsync(diagnosis), AllAsync(diagnosis));

        Assert.All(both.SelectMany(checks => checks), check => Assert.Equal((TorCheckResult.Passed, null), (check.Result, check.Advice)));
        Assert.Equal((TorState.Connected, process), (host.Status.State, host.Status.ProcessId));
        Assert.True(onion.IsPublished);
        Assert.Equal(0, changes);
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        Assert.Equal("still here", await browser.GetStringAsync($"http://{onion.Address}/", Cancel));
    }

    [Fact(Timeout = 180_000)]
    public async Task A_tor_that_runs_by_itself_is_used_and_left_running()
    {
        var network = await fixture.NetworkAsync();
        await using var system = await network.StartClientAsync(new TorClientOptions { ControlPort = true }, Cancel);
        _settings = _settings with { Connection = TorConnectionType.ControlEndpoint, ControlEndpoint = system.ControlEndpoint!.ToString() };
        await using var host = await HostAsync();

        var checks = await AllAsync(Diagnosis(host, await OptionsAsync()));

        Assert.Equal([TorCheckResult.Skipped, .. Enumerable.Repeat(TorCheckResult.Passed, 6)], checks.Select(check => check.Result));
        Assert.Equal($"The tor at {system.ControlEndpoint} takes commands; the engine got in by its cookie.", checks[2].Detail);
        Assert.Equal(TorState.Off, host.Status.State);
        Assert.False(system.Process.HasExited);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_bridge_that_is_not_there_is_named()
    {
        var network = await fixture.NetworkAsync();
        var port = ClosedPort();
        _settings = _settings with { Bridges = [$"127.0.0.1:{port} 74FAD13168806246602538555B5521A0383A1875"] };
        await using var host = await HostAsync(network.BridgeInclude);

        var checks = await AllAsync(Diagnosis(host, await OptionsAsync(network.BridgeInclude)));

        Assert.Equal(TorCheckResult.Passed, checks[2].Result);
        var bootstrap = checks.Single(check => check.Name == "bootstrap");
        Assert.Equal(TorCheckResult.Failed, bootstrap.Result);
        Assert.Contains($"The bridge (127.0.0.1:{port}) does not answer: Connection refused.", bootstrap.Detail, StringComparison.Ordinal);
        Assert.All(checks.Skip(5), check => Assert.Equal(TorCheckResult.Skipped, check.Result));
        Assert.Equal(TorState.Off, host.Status.State);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_proxy_that_is_not_there_is_named()
    {
        var port = ClosedPort();
        _settings = _settings with { Proxy = $"socks5://user:secret@127.0.0.1:{port}" };
        await using var host = await HostAsync();

        var bootstrap = (await AllAsync(Diagnosis(host, await OptionsAsync()))).Single(check => check.Name == "bootstrap");

        Assert.Contains($"The proxy at 127.0.0.1:{port} does not answer: Connection refused.", bootstrap.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task Cancelled_after_any_check_it_leaves_no_process()
    {
        foreach (var last in CheckNames.All)
        {
            await using var host = await HostAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            int? process = null;
            try
            {
                await foreach (var check in Diagnosis(host, await OptionsAsync()).RunAsync(stop.Token))
                {
                    process ??= host.Status.ProcessId;
                    if (check.Name == last)
                        await stop.CancelAsync();
                }
            }
            catch (OperationCanceledException)
            {
                Assert.True(stop.IsCancellationRequested);
            }

            Assert.Equal(TorState.Off, host.Status.State);
            if (process is { } id)
                Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
        }
    }

    private async Task<TorOptions> OptionsAsync(string? include = null)
    {
        var network = await fixture.NetworkAsync();
        return new TorOptions { ExecutablePath = Executable(network), TorrcInclude = include ?? network.Include, StateFolder = _folder };
    }

    // What is named when the engine is started goes before a control endpoint.
    private string? Executable(PrivateTorNetwork network) => _settings.ControlEndpoint is null ? network.TorProgram : null;

    private async Task<TorHost> HostAsync(string? include = null) =>
        new(await OptionsAsync(include), NullLogger.Instance, settings: () => _settings);

    private TorDiagnosis Diagnosis(TorHost host, TorOptions options)
    {
        var connector = new TorConnector(host, new TorSettingsStore(_folder, new StoreDisk()), () => [], (_, _) => Task.CompletedTask, NullLogger.Instance);
        return new TorDiagnosis(host, connector, options, () => _settings, TimeProvider.System) { Patience = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60)) };
    }

    private static async Task<List<TorCheck>> AllAsync(TorDiagnosis diagnosis)
    {
        var checks = new List<TorCheck>();
        await foreach (var check in diagnosis.RunAsync(Cancel))
            checks.Add(check);
        return checks;
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
