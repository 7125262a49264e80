using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>OnionShare's own program as the other end, on this computer and over the private Tor network.</summary>
public sealed class OnionShareCliTests(TorNetworkFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Scratch _theirs = new();
    private readonly Scratch _ours = new();

    public void Dispose()
    {
        _theirs.Dispose();
        _ours.Dispose();
    }

    [Theory(Timeout = 400_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_share_is_fetched_and_its_receive_mode_is_filled(bool throughTor)
    {
        var program = Requires.Found(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(one => Path.Combine(one, "onionshare-cli")).FirstOrDefault(File.Exists),
            "onionshare-cli", "apt install onionshare-cli");
        var network = throughTor ? await fixture.NetworkAsync() : null;
        await using var tor = network is null ? null : await network.StartClientAsync(new TorClientOptions { ControlPort = true }, Cancel);
        await using var client = new Engine(
            new EngineOptions { StateFolder = _ours.State, TorExecutable = network?.TorProgram, TorrcInclude = network?.Include }, TimeProvider.System);
        var bytes = Scratch.Bytes(3_000_000);
        _theirs.File("papers/a.bin", bytes);
        _theirs.File("papers/ö.txt", "words"u8.ToArray());

        await using (var share = await StartAsync(program, tor, Path.Combine(_theirs.Files, "papers", "a.bin"), Path.Combine(_theirs.Files, "papers", "ö.txt")))
        {
            var events = await AllAsync(client.Remote.FetchAsync(
                new FetchRequest { Url = share.Url, ClientKey = share.Key, LocalOnly = !throughTor, Path = _ours.At("got"), Expand = true }, Cancel));
            Assert.True(events[^1] is ClientDone, events[^1].ToString());
        }

        var got = Directory.EnumerateFiles(_ours.At("got"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["a.bin", "ö.txt"], got.Select(Path.GetFileName));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(got[0], Cancel));

        await using (var receive = await StartAsync(program, tor, "--receive", "--data-dir", _theirs.At("inbox")))
        {
            var events = await AllAsync(client.Remote.SendAsync(
                new SendRequest { Url = receive.Url, ClientKey = receive.Key, LocalOnly = !throughTor, Paths = [got[0]], Message = "hello" }, Cancel));
            Assert.True(events[^1] is ClientDone, events[^1].ToString());
        }

        var arrived = Directory.EnumerateFiles(_theirs.At("inbox"), "*", SearchOption.AllDirectories).ToList();
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Assert.Single(arrived, path => path.EndsWith("a.bin", StringComparison.Ordinal)), Cancel));
        Assert.Contains("hello", await File.ReadAllTextAsync(Assert.Single(arrived, path => path.EndsWith("message.txt", StringComparison.Ordinal)), Cancel), StringComparison.Ordinal);
    }

    private async Task<Theirs> StartAsync(string program, TorClient? tor, params string[] arguments)
    {
        string[] way = ["--local-only"];
        if (tor is not null)
        {
            var settings = _theirs.At("settings.json");
            await File.WriteAllTextAsync(
                settings,
                $$"""{"version":"2.6","connection_type":"control_port","control_port_address":"127.0.0.1","control_port_port":{{tor.ControlEndpoint!.Port}},"socks_address":"127.0.0.1","socks_port":{{tor.SocksEndpoint.Port}},"auth_type":"no_auth"}""",
                Cancel);
            way = ["--config", settings];
        }

        var start = new ProcessStartInfo(program, [.. way, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _theirs.Home;
        start.Environment["PYTHONUNBUFFERED"] = "1";
        var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        string? url = null;
        while (await process.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(Limit, Cancel) is { } line)
        {
            var text = line.Trim();
            if (text.StartsWith("http://", StringComparison.Ordinal)) url = text;
            if (url is null) continue;
            if (tor is null) return new Theirs(process, url, null);
            if (text.StartsWith("Private key:", StringComparison.OrdinalIgnoreCase)) return new Theirs(process, url, text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim());
        }

        process.Kill(entireProcessTree: true);
        throw new InvalidOperationException("onionshare-cli told no URL.");
    }

    private static async Task<IReadOnlyList<ClientEvent>> AllAsync(IAsyncEnumerable<ClientEvent> events)
    {
        var all = new List<ClientEvent>();
        await foreach (var one in events.WithCancellation(Cancel)) all.Add(one);
        return all;
    }

    private sealed record Theirs(Process Process, string Url, string? Key) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync(CancellationToken.None);
            Process.Dispose();
        }
    }
}
