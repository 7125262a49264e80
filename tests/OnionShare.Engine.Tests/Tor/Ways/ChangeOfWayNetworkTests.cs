using System.Net;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>The real engine in the background: a service that runs while the way to tor is changed, taken back, let go and taken up again.</summary>
public sealed class ChangeOfWayNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 400_000)]
    public async Task A_service_keeps_its_address_through_every_change_of_the_way()
    {
        var network = await fixture.NetworkAsync();
        var (tor, way) = await SystemTor.WithPasswordAsync(fixture);
        await using var running = tor;
        await using var engine = EngineProcess.Start(_scratch, "serve", "--tor", network.TorProgram, "--torrc-include", network.Include);
        using var client = await ControlClient.WaitAsync(_scratch.Socket, TimeSpan.FromMinutes(3));
        var bytes = Scratch.Bytes(20_000);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", bytes)], KeepSharing = true });
        Assert.Equal(bytes, await VisitAsync(service));
        var own = (await client.GetAsync<TorStatus>(Routes.Tor)).ProcessId;
        Assert.NotNull(own);

        // To the system's tor.
        await PatchAsync(client, way);
        Assert.Equal(own, (await client.GetAsync<TorStatus>(Routes.Tor)).ProcessId);
        var connected = await ConnectAsync(client);
        Assert.Equal((TorState.Connected, TorConnectionType.ControlEndpoint, null, way.ControlEndpoint), (connected.State, connected.Connection, connected.ProcessId, connected.Source));
        Assert.Empty(RunningTors.Below(_scratch.State));
        await RunsAsync(client, service);
        Assert.Equal(bytes, await VisitAsync(service));

        // To one that is not there, and so back.
        await PatchAsync(client, new TorSettings { Connection = TorConnectionType.ControlEndpoint, ControlEndpoint = $"unix:{_scratch.Path}/nobody" });
        using (var answer = await client.Http.PostAsync(Routes.TorConnect, null, Cancel))
        {
            var problem = await ControlClient.ProblemAsync(answer, HttpStatusCode.ServiceUnavailable);
            Assert.Equal(ProblemCodes.TorFellBack, problem.Code);
            Assert.StartsWith($"Nothing listens at unix:{_scratch.Path}/nobody", problem.Detail, StringComparison.Ordinal);
            Assert.EndsWith($" The last settings that connected are in use again: the tor at {way.ControlEndpoint}.", problem.Detail, StringComparison.Ordinal);
        }

        var present = await client.GetAsync<TorSettings>(Routes.TorSettings);
        Assert.Equal((way.ControlEndpoint, true), (present.ControlEndpoint, present.HasControlPassword));
        await RunsAsync(client, service);
        Assert.Equal(bytes, await VisitAsync(service));

        // Let go, though the service needs it, and taken up again.
        using (var refused = await client.Http.PostAsync(Routes.TorDisconnect, null, Cancel))
            Assert.Equal($"'{service.Name}' needs tor.", (await ControlClient.ProblemAsync(refused, HttpStatusCode.Conflict)).Detail);
        using (var forced = await client.Http.PostAsync(Routes.TorDisconnect + "?force=true", null, Cancel))
            Assert.Equal(HttpStatusCode.OK, forced.StatusCode);
        Assert.Equal(ServiceState.Disconnected, (await client.SeenAsync(service.Id, one => one.State == ServiceState.Disconnected)).State);
        Assert.Equal(TorState.Off, (await client.GetAsync<TorStatus>(Routes.Tor)).State);
        await ConnectAsync(client);
        await RunsAsync(client, service);
        Assert.Equal(bytes, await VisitAsync(service));

        // And back to a tor of its own.
        using (var back = await client.Http.PatchAsync(Routes.TorSettings, Body("""{"connection":null,"controlEndpoint":null,"controlPassword":null}"""), Cancel))
            Assert.Equal(HttpStatusCode.OK, back.StatusCode);
        Assert.NotNull((await ConnectAsync(client)).ProcessId);
        await RunsAsync(client, service);
        Assert.Equal(bytes, await VisitAsync(service));
        Assert.False(tor.Process.HasExited);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_service_of_the_foreground_uses_the_settings_that_are_saved()
    {
        var (tor, way) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        var store = new TorSettingsStore(_scratch.State, new StoreDisk());
        store.Write(new TorSettingsRecord(way, null));
        await using var engine = EngineProcess.Start(
            _scratch, new Dictionary<string, string> { ["ONIONSHARE_TOR"] = _scratch.At("no-tor") }, "share", "--keep-sharing", _scratch.File("a.bin", 100));
        var url = await engine.UrlAsync(TimeSpan.FromSeconds(120));
        using var visitor = new Visitor(url, handler: (await fixture.VisitorAsync()).CreateHandler());
        Assert.Equal(100, (await visitor.DownloadAsync()).Length);
        Assert.DoesNotContain("tor", Directory.EnumerateDirectories(_scratch.State).Select(Path.GetFileName));
        engine.Signal(EngineProcess.Interrupt);
        Assert.Equal(0, await engine.ExitAsync());
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task PatchAsync(ControlClient client, TorSettings settings)
    {
        using var answer = await client.Http.PatchAsync(Routes.TorSettings, Body(JsonSerializer.Serialize(settings, ContractsJson.Default.TorSettings)), Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<TorStatus> ConnectAsync(ControlClient client)
    {
        using var answer = await client.Http.PostAsync(Routes.TorConnect, null, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, ContractsJson.Default.TorStatus)!;
    }

    private static async Task RunsAsync(ControlClient client, ServiceStatus service)
    {
        var status = await client.SeenAsync(service.Id, one => one.State is ServiceState.Running or ServiceState.Failed);
        Assert.Equal((ServiceState.Running, service.Url), (status.State, status.Url));
    }

    // A visitor who comes anew: one who was there before may be sent where the service was by what its own tor remembers.
    private async Task<byte[]> VisitAsync(ServiceStatus service)
    {
        await using var newcomer = await (await fixture.NetworkAsync()).StartClientAsync(cancellationToken: Cancel);
        using var visitor = new Visitor(service.Url!, handler: newcomer.CreateHandler());
        return await visitor.DownloadAsync();
    }
}
