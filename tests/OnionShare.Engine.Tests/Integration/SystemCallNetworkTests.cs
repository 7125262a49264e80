using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Tor.Ways;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>What the system is asked for by services that are reached through a tor which runs by itself. Rows «leaks», «traces», «webhook around tor».</summary>
public sealed class SystemCallNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 240_000)]
    public async Task A_share_through_tor_speaks_to_tors_control_port_only_and_writes_its_state_only()
    {
        var bytes = Scratch.Bytes(1_000_000);
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        Use(settings);
        await using var engine = TracedEngine.Start(_scratch, "share", _scratch.File("a.bin", bytes));
        using (var visitor = await VisitAsync(await engine.UrlAsync())) Assert.Equal(bytes, await visitor.DownloadAsync());
        await engine.EndAsync();
        await engine.CheckAsync([_scratch.State], tor.ControlEndpoint!.Port);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_webhook_speaks_to_tors_SOCKS_port_only_and_looks_no_name_up()
    {
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        Use(settings);
        var inbox = _scratch.At("inbox");
        await using var engine = TracedEngine.Start(_scratch, "receive", "--path", inbox, "--min-free-space", "0", "--webhook-url", "http://hook.example/told");
        using (var visitor = await VisitAsync(await engine.UrlAsync()))
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[10]), "file[]", "a.bin" } };
            using var answer = await visitor.Client.PostAsync("/upload", form, Cancel);
            Assert.True(answer.IsSuccessStatusCode);
        }

        await engine.StopAsync();
        await engine.CheckAsync([_scratch.State, inbox], tor.ControlEndpoint!.Port, tor.SocksEndpoint.Port);
    }

    private void Use(TorSettings settings) => new TorSettingsStore(_scratch.State, new StoreDisk()).Write(new TorSettingsRecord(settings, null));

    private async Task<Visitor> VisitAsync(string url) => new(url, handler: (await fixture.VisitorAsync()).CreateHandler());
}
