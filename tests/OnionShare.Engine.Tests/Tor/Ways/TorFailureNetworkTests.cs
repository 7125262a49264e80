using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>Real tors that are stopped, hang, or are cut off: state and messages are true, and the service is back at the same address.</summary>
public sealed class TorFailureNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private const int Stop = 19, Continue = 18;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly HeartbeatTimes Quick = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));

    private readonly string _folder = Directory.CreateTempSubdirectory("os").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 240_000)]
    public async Task A_cut_control_connection_is_told_of_and_the_services_are_back_at_their_address()
    {
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        await using var proxy = new ControlProxy(tor.ControlEndpoint!);
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = Host(settings with { ControlEndpoint = proxy.Endpoint }, HeartbeatTimes.Usual);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var (address, changes, told) = (onion.Address, new List<bool>(), Listen(host));
        onion.PublishedChanged += changes.Add;

        proxy.Cut();
        await Until.TrueAsync(() => changes.Count == 2, Limit);

        Assert.Equal([false, true], changes);
        Assert.Contains(Told(told), status => status is { State: TorState.Lost, Error.Code: ProblemCodes.TorControl });
        Assert.Equal((TorState.Connected, null), (host.Status.State, host.Status.Error));
        Assert.Equal(2, proxy.Carried);
        Assert.Equal("still here", await FetchAsync(address));
        Assert.False(tor.Process.HasExited);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_tor_that_is_stopped_for_a_minute_is_told_of_and_goes_on_with_the_service_at_its_address()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no SIGSTOP");
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = await OwnHostAsync(HeartbeatTimes.Usual);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var (address, process, told) = (onion.Address, host.Status.ProcessId!.Value, Listen(host));
        var clock = Stopwatch.StartNew();

        EngineProcess.Send(process, Stop);
        try
        {
            await Until.TrueAsync(() => !onion.IsPublished, TimeSpan.FromSeconds(40));
            Assert.Equal(TorState.Lost, host.Status.State);
            Assert.StartsWith($"tor does not answer ({host.Status.Source}, process {process}).", host.Status.Error!.Detail, StringComparison.Ordinal);

            // The length of the stop is the input of this test.
            await Until.TrueAsync(() => clock.Elapsed > TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
            Assert.Equal(TorState.Lost, host.Status.State);
        }
        finally
        {
            EngineProcess.Send(process, Continue);
        }

        await Until.TrueAsync(() => onion.IsPublished, Limit);
        Assert.Equal((TorState.Connected, process, null), (host.Status.State, host.Status.ProcessId, host.Status.Error));
        Assert.Equal("still here", await FetchAsync(address));
        Assert.DoesNotContain(Told(told), status => status.State == TorState.Starting);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_tor_of_our_own_that_stays_stopped_is_killed_and_the_next_has_the_service_at_its_address()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no SIGSTOP");
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = await OwnHostAsync(Quick);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var (address, process, told) = (onion.Address, host.Status.ProcessId!.Value, Listen(host));

        EngineProcess.Send(process, Stop);
        await Until.TrueAsync(() => !onion.IsPublished, Limit);
        await Until.TrueAsync(() => onion.IsPublished, Limit);

        Assert.NotEqual(process, host.Status.ProcessId);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
        Assert.Contains(Told(told), status => status is { State: TorState.Lost, Error.Detail: "tor has not answered for 6 s." });
        Assert.Equal("still here", await FetchAsync(address));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_system_tor_that_stays_stopped_is_never_killed_and_has_the_service_again_when_it_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no SIGSTOP");
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        await using var server = new OneBodyServer("still here"u8.ToArray());
        await using var host = Host(settings, Quick);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var (address, told) = (onion.Address, Listen(host));

        EngineProcess.Send(tor.Process.Id, Stop);
        try
        {
            await Until.TrueAsync(() => Told(told).Any(status => status.Error?.Detail == "tor has not answered for 6 s."), Limit);
            await Until.TrueAsync(() => Told(told).Any(status => status.Error?.Detail.EndsWith("did not answer within 10 s.", StringComparison.Ordinal) == true), Limit);
            Assert.False(onion.IsPublished);
        }
        finally
        {
            EngineProcess.Send(tor.Process.Id, Continue);
        }

        await Until.TrueAsync(() => onion.IsPublished, Limit);
        Assert.False(tor.Process.HasExited);
        Assert.Equal(address, onion.Address);
        Assert.Equal("still here", await FetchAsync(address));
    }

    private static List<TorStatus> Listen(TorHost host)
    {
        var told = new List<TorStatus>();
        host.StatusChanged += status =>
        {
            lock (told) told.Add(status);
        };
        return told;
    }

    private static TorStatus[] Told(List<TorStatus> told)
    {
        lock (told) return [.. told];
    }

    private TorHost Host(TorSettings settings, HeartbeatTimes times) =>
        new(new TorOptions { Settings = settings, StateFolder = _folder, ConnectTimeout = Limit, Heartbeat = times }, NullLogger<TorHost>.Instance);

    private async Task<TorHost> OwnHostAsync(HeartbeatTimes times)
    {
        var network = await fixture.NetworkAsync();
        return new TorHost(
            new TorOptions { ExecutablePath = network.TorProgram, TorrcInclude = network.Include, StateFolder = _folder, ConnectTimeout = Limit, Heartbeat = times },
            NullLogger<TorHost>.Instance);
    }

    // A visitor who comes anew: one who was there before may be sent where the service was by what its own tor remembers.
    private async Task<string> FetchAsync(string address)
    {
        await using var newcomer = await (await fixture.NetworkAsync()).StartClientAsync(cancellationToken: Cancel);
        using var browser = newcomer.CreateHttpClient();
        return await browser.GetStringAsync($"http://{address}/", Cancel);
    }
}
