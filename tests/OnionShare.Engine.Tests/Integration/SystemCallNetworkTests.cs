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

    [Theory(Timeout = 240_000)]
    [InlineData("share")]
    [InlineData("website")]
    [InlineData("chat")]
    public async Task A_service_through_tor_speaks_to_tors_control_port_only_and_writes_its_state_only(string mode)
    {
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        Use(settings);
        var file = _scratch.File("a.bin", Scratch.Bytes(1_000_000));
        await using var engine = TracedEngine.Start(_scratch, mode == "chat" ? [mode] : [mode, mode == "share" ? file : _scratch.Files]);
        using (var visitor = await VisitAsync(await engine.UrlAsync()))
        {
            await visitor.Client.GetStringAsync("/", Cancel);
            if (mode != "chat") Assert.Equal(await File.ReadAllBytesAsync(file, Cancel), await visitor.DownloadAsync(mode == "share" ? "/download" : "/a.bin"));
        }

        // One download is all that the share was for.
        if (mode == "share") await engine.EndAsync();
        else await engine.StopAsync();
        await engine.CheckAsync([_scratch.State], tor.ControlEndpoint!.Port);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_client_through_tor_speaks_to_tor_only_and_writes_where_it_was_told()
    {
        var bytes = Scratch.Bytes(1_000_000);
        var (tor, settings) = await SystemTor.WithCookieAsync(fixture);
        await using var running = tor;
        Use(settings);
        var target = Directory.CreateDirectory(_scratch.At("target")).FullName;
        await using var share = EngineProcess.Start(_scratch, "share", _scratch.File("a.bin", bytes), "--keep-sharing");
        await using var fetch = TracedEngine.Start(_scratch, "fetch", await share.UrlAsync(), target);
        await fetch.EndAsync();
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(target, "a.bin"), Cancel));
        await fetch.CheckAsync([_scratch.State, target], tor.ControlEndpoint!.Port, tor.SocksEndpoint.Port);
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
