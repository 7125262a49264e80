using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>Real tors that run by themselves, entered by cookie, by password and through a unix socket, and left as they were.</summary>
public sealed class AttachedTorNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly string _folder = Directory.CreateTempSubdirectory("os").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 240_000)]
    public async Task A_system_tor_is_used_by_its_cookie_and_left_as_it_was_found()
    {
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        await VisitAsync(settings, tor, tor.SocksEndpoint.ToString());
        await AssertUntouchedAsync(tor, settings);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_system_tor_is_used_by_its_password()
    {
        var (tor, settings) = await SystemTor.WithPasswordAsync(fixture);
        await using var running = tor;
        await VisitAsync(settings, tor, tor.SocksEndpoint.ToString());
        await AssertUntouchedAsync(tor, settings);
        await using var host = Host(settings with { ControlPassword = "wrong" });
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => host.ConnectAsync(Cancel))).Problem;
        Assert.Equal($"The tor at {settings.ControlEndpoint} did not take the control password.", problem.Detail);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_system_tor_is_used_through_its_unix_socket()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: tor listens on no unix socket on Windows; run it on Linux or macOS");
        var (tor, settings) = await SystemTor.WithSocketAsync(fixture, _folder);
        await using var running = tor;
        await VisitAsync(settings, tor, tor.SocksEndpoint.ToString());
        await AssertUntouchedAsync(tor, settings);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_SOCKS_port_of_a_real_tor_is_not_taken_for_its_control_port()
    {
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        await using var host = Host(settings with { ControlEndpoint = tor.SocksEndpoint.ToString() });
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => host.ConnectAsync(Cancel))).Problem;
        Assert.Equal(ProblemCodes.TorControl, problem.Code);
        Assert.StartsWith($"What listens at {tor.SocksEndpoint} is no tor's control port: ", problem.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_system_tor_that_is_stopped_and_started_again_gets_its_services_back()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs a fixed endpoint that two tors can take after each other, a unix socket");
        await using var server = new OneBodyServer("again"u8.ToArray());
        var (first, settings) = await SystemTor.WithSocketAsync(fixture, _folder);
        await using var host = Host(settings);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        var address = onion.Address;

        await first.DisposeAsync();
        await Until.TrueAsync(() => !onion.IsPublished && host.Status is { State: not TorState.Connected, Error.Code: ProblemCodes.TorControl }, Limit);

        var (second, _) = await SystemTor.WithSocketAsync(fixture, _folder);
        await using var running = second;
        await Until.TrueAsync(() => onion.IsPublished, Limit);
        Assert.Equal(address, onion.Address);
        Assert.Equal("again", await FetchAsync(address));
    }

    private async Task VisitAsync(TorSettings settings, TorClient tor, string socks)
    {
        await using var server = new OneBodyServer("hello"u8.ToArray());
        await using var host = Host(settings);
        await using var onion = await host.PublishAsync(OnionAt.Port(server.Port), Cancel);
        Assert.Equal("hello", await FetchAsync(onion.Address));
        Assert.Equal(
            (TorState.Connected, TorConnectionType.ControlEndpoint, settings.ControlEndpoint, null, socks),
            (host.Status.State, host.Status.Connection, host.Status.Source, host.Status.ProcessId, host.Status.Socks));
        Assert.Empty(Directory.EnumerateDirectories(_folder)); // no data folder: nothing was started
        Assert.False(tor.Process.HasExited);
    }

    // The host is gone: the tor still runs, has no onion of ours, and sends nobody events.
    private static async Task AssertUntouchedAsync(TorClient tor, TorSettings settings)
    {
        Assert.False(tor.Process.HasExited);
        Assert.True(ControlEndpoint.TryParse(settings.ControlEndpoint, out var endpoint));
        await using var control = await endpoint.ConnectAsync(TimeProvider.System, NullLogger.Instance, Cancel);
        await ControlAuthentication.AuthenticateAsync(control, new ControlSecrets(settings.ControlPassword, null, true), Cancel);
        var onions = await control.SendAsync("GETINFO onions/detached", Cancel);
        Assert.Equal("", onions.Value("onions/detached"));
    }

    private TorHost Host(TorSettings settings) =>
        new(new TorOptions { Settings = settings, StateFolder = _folder, ConnectTimeout = Limit }, NullLogger<TorHost>.Instance);

    private async Task<string> FetchAsync(string address)
    {
        using var browser = (await fixture.VisitorAsync()).CreateHttpClient();
        return await browser.GetStringAsync($"http://{address}/", Cancel);
    }
}
