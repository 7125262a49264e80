using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>
/// An engine on a host of its own (a network namespace), with a tor on another: as in a container, or a Whonix workstation. What reaches the one
/// from the other goes over the cable between them.
/// </summary>
public sealed class RemoteTorNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 400_000)]
    public async Task A_service_is_reached_through_a_remote_tor_and_comes_back_when_the_cable_was_out()
    {
        await using var host = await NetworkNamespace.CreateAsync();
        await using var tor = await RemoteTorAsync(host);
        await using var engine = StartIn(host);
        using var client = await ConnectedAsync(host);
        var bytes = Scratch.Bytes(50_000);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", bytes)], KeepSharing = true });
        Assert.Equal(bytes, await VisitAsync(service.Url!));

        // Where the bind address is, others of that network can knock: they get as far as the Host check.
        using (var neighbour = new HttpClient(new SocketsHttpHandler { UseProxy = false }))
        {
            using var answer = await neighbour.GetAsync($"http://{host.Inside}:{service.Port}/", Cancel);
            Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
        }

        var local = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("b.bin", 10)], LocalOnly = true });
        Assert.Equal([$"127.0.0.1:{local.Port}", $"{host.Inside}:{service.Port}"], (await ListenersAsync(host)).Order(StringComparer.Ordinal));

        await host.PlugAsync(isIn: false);
        Assert.Equal(ServiceState.Disconnected, (await client.SeenAsync(service.Id, one => one.State != ServiceState.Running)).State);
        var lost = await client.GetAsync<TorStatus>(Routes.Tor);
        Assert.Equal((TorState.Lost, $"tor does not answer ({lost.Source})."), (lost.State, lost.Error?.Detail));

        await host.PlugAsync(isIn: true);
        var back = await client.SeenAsync(service.Id, one => one.State == ServiceState.Running);
        Assert.Equal(service.Url, back.Url);
        Assert.Equal(bytes, await VisitAsync(service.Url!));
    }

    [Fact(Timeout = 300_000)]
    public async Task A_share_through_a_remote_tor_arrives_whole_at_a_slow_visitor_and_stops_by_itself()
    {
        await using var host = await NetworkNamespace.CreateAsync();
        await using var tor = await RemoteTorAsync(host);
        await using var engine = StartIn(host);
        using var client = await ConnectedAsync(host);
        var bytes = Scratch.Bytes(3_000_000);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", bytes)] });
        using var visitor = new Visitor(service.Url!, handler: (await fixture.VisitorAsync()).CreateHandler());
        using var answer = await visitor.GetAsync("/download");

        var arrived = await SlowReader.ReadAsync(await answer.Content.ReadAsStreamAsync(Cancel), 400_000);

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(arrived));
        var ended = await client.SeenAsync(service.Id, one => one.State.IsEnded());
        Assert.Equal(StopReason.Downloaded, ended.StopReason);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_service_that_runs_moves_to_the_address_a_remote_tor_can_reach()
    {
        await using var host = await NetworkNamespace.CreateAsync();
        await using var tor = await RemoteTorAsync(host);
        await using var engine = StartIn(host);
        using var client = await ConnectedAsync(host, bind: false);
        var bytes = Scratch.Bytes(1000);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", bytes)], KeepSharing = true });

        // It is published, and yet nobody reaches it: tor looks for it on its own 127.0.0.1.
        Assert.Equal([$"127.0.0.1:{service.Port}"], await ListenersAsync(host));
        await Assert.ThrowsAsync<HttpRequestException>(() => VisitAsync(service.Url!));

        await PatchAsync(client, $$"""{"bindAddress":"{{host.Inside}}"}""");
        await PostAsync(client, Routes.TorConnect);
        await client.SeenAsync(service.Id, one => one.State == ServiceState.Running);

        Assert.Equal(bytes, await VisitAsync(service.Url!));
        Assert.Equal([$"{host.Inside}:{service.Port}"], await ListenersAsync(host));
    }

    // What listens inside, but for the engine's unix socket.
    private static async Task<List<string>> ListenersAsync(NetworkNamespace host)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", host.Name, "cat", "/proc/net/tcp", "/proc/net/tcp6"]) { RedirectStandardOutput = true })!;
        var table = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return [.. table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(columns => columns is [_, _, _, "0A", ..]).Select(columns => Read(columns[1]))];
    }

    // 0100007F:44C0 is 127.0.0.1:17600 (proc(5)).
    private static string Read(string text)
    {
        var parts = text.Split(':');
        return new IPEndPoint(new IPAddress([.. Convert.FromHexString(parts[0]).Reverse()]), Convert.ToInt32(parts[1], 16)).ToString();
    }

    private static async Task PatchAsync(ControlClient client, string json)
    {
        using var answer = await client.Http.PatchAsync(Routes.TorSettings, new StringContent(json, Encoding.UTF8, "application/json"), Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task PostAsync(ControlClient client, string path)
    {
        using var answer = await client.Http.PostAsync(path, null, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<TorClient> RemoteTorAsync(NetworkNamespace host)
    {
        var network = await fixture.NetworkAsync();
        return await network.StartClientAsync(
            new TorClientOptions
            {
                Torrc =
                [
                    $"ControlPort {host.Outside}:auto", $"ControlPortWriteToFile \"{_scratch.At("control-port")}\"",
                    "HashedControlPassword " + await SystemTor.HashAsync(network.TorProgram),
                ],
            },
            Cancel);
    }

    private EngineProcess StartIn(NetworkNamespace host) =>
        EngineProcess.StartShell(_scratch, $"exec ip netns exec {host.Name} '{EngineProcess.Program}' serve");

    private async Task<ControlClient> ConnectedAsync(NetworkNamespace host, bool bind = true)
    {
        var client = await ControlClient.WaitAsync(_scratch.Socket, TimeSpan.FromMinutes(3));
        var port = (await File.ReadAllTextAsync(_scratch.At("control-port"), Cancel)).Trim()["PORT=".Length..];
        await PatchAsync(client, JsonSerializer.Serialize(
            new TorSettings
            {
                Connection = TorConnectionType.ControlEndpoint,
                ControlEndpoint = port,
                ControlPassword = SystemTor.Password,
                BindAddress = bind ? host.Inside.ToString() : null,
            },
            ContractsJson.Default.TorSettings));
        await PostAsync(client, Routes.TorConnect);
        var status = await client.GetAsync<TorStatus>(Routes.Tor);
        Assert.Equal((TorState.Connected, port, null), (status.State, status.Source, status.Socks));
        return client;
    }

    private async Task<byte[]> VisitAsync(string url)
    {
        await using var newcomer = await (await fixture.NetworkAsync()).StartClientAsync(cancellationToken: Cancel);
        using var visitor = new Visitor(url, handler: newcomer.CreateHandler());
        return await visitor.DownloadAsync();
    }
}
