using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Both ends in the private Tor network: two programs, two state folders, two tors.</summary>
public sealed class ClientNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private readonly Scratch _server = new();
    private readonly Scratch _client = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    [Fact(Timeout = 480_000)]
    public async Task A_folder_crosses_over_four_circuits_though_the_one_who_fetches_is_killed_in_between()
    {
        var include = (await fixture.NetworkAsync()).Include;
        var bytes = Scratch.Bytes(30_000_000);
        _server.File("photos/a.bin", bytes);
        _server.File("photos/sub/b.txt", "words"u8.ToArray());
        await using var server = EngineProcess.Start(_server, "share", Path.Combine(_server.Files, "photos"), "--torrc-include", include);
        var url = await server.UrlAsync(Limit);

        // The address goes in by standard input, so that it is in no process list.
        await using (var first = EngineProcess.Start(_client, "fetch", "-", _client.At("got"), "--expand", "--torrc-include", include))
        {
            await first.Process.StandardInput.WriteLineAsync(url);
            var part = _client.At("got/photos.zip.part.json");
            await Until.TrueAsync(() => File.Exists(part), Limit);
            first.Signal(EngineProcess.Kill);
            await first.ExitAsync(Limit);
        }

        await using var second = EngineProcess.Start(_client, "fetch", "-", _client.At("got"), "--expand", "--torrc-include", include);
        await second.Process.StandardInput.WriteLineAsync(url);
        Assert.True(await second.ExitAsync(Limit) == 0, second.Messages);

        Assert.Equal(bytes, await File.ReadAllBytesAsync(_client.At("got/photos/a.bin"), Cancel));
        Assert.Equal("words", await File.ReadAllTextAsync(_client.At("got/photos/sub/b.txt"), Cancel));
        Assert.Equal(["photos"], Directory.EnumerateFileSystemEntries(_client.At("got")).Select(Path.GetFileName));
        Assert.Equal(0, await server.ExitAsync(Limit));
        Assert.Contains("everything was downloaded", server.Messages, StringComparison.Ordinal);
    }
}
