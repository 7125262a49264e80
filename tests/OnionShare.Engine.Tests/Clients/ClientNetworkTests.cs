using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Both ends in the private Tor network: two programs, two state folders, two tors.</summary>
public sealed class ClientNetworkTests(TorNetworkFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    // 200 MB are a matter of patience: ONIONSHARE_LARGE_TESTS=1.
    private static readonly int Size = Environment.GetEnvironmentVariable("ONIONSHARE_LARGE_TESTS") == "1" ? 200_000_000 : 30_000_000;

    private readonly Scratch _server = new();
    private readonly Scratch _client = new();

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

    [Fact(Timeout = 480_000)]
    public async Task A_folder_crosses_though_it_is_cut_twice_and_the_service_is_restarted_once()
    {
        var network = await fixture.NetworkAsync();
        var bytes = Scratch.Bytes(Size);
        _server.File("photos/a.bin", bytes);
        _server.File("photos/sub/b.txt", "words"u8.ToArray());
        var journal = _client.At("got/photos.zip.part.json");
        var options = new EngineOptions { StateFolder = _server.State, TorExecutable = network.TorProgram, TorrcInclude = network.Include };
        var request = new ShareRequest { Name = "photos", Paths = [Path.Combine(_server.Files, "photos")], Save = true };
        string url;
        await using (var server = new Engine(options, TimeProvider.System))
        {
            var service = await server.Saved.StartAsync(request, Cancel);
            await Until.TrueAsync(() => service.Status.State == ServiceState.Running, Limit);
            url = service.Status.Url!;
            for (var cut = 0; cut < 2; cut++)
            {
                await using var killed = await FetchAsync(url, network.Include);
                await WrittenAsync(journal);
                killed.Signal(EngineProcess.Kill);
                await killed.ExitAsync(Limit);
                Assert.True(File.Exists(_client.At("got/photos.zip.part")));
            }
        }

        // It begins while the service is away, and waits for it.
        await using var last = await FetchAsync(url, network.Include);
        await using var again = new Engine(options, TimeProvider.System);
        var restored = (await again.Restorer.RestoreAsync("photos", new RestoreRequest(), Cancel)).Service;

        Assert.True(await last.ExitAsync(Limit) == 0, last.Messages);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_client.At("got/photos/a.bin"), Cancel));
        Assert.Equal("words", await File.ReadAllTextAsync(_client.At("got/photos/sub/b.txt"), Cancel));
        Assert.Equal(["photos"], Directory.EnumerateFileSystemEntries(_client.At("got")).Select(Path.GetFileName));
        await restored.Ended.WaitAsync(Limit, Cancel);
        Assert.Equal(StopReason.Downloaded, restored.Status.StopReason);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(false, "asks for a client key")]
    [InlineData(true, "does not take this client key")]
    public async Task A_client_key_that_is_missing_or_wrong_is_told_at_once(bool isGiven, string words)
    {
        var network = await fixture.NetworkAsync();
        var options = new EngineOptions { StateFolder = _server.State, TorExecutable = network.TorProgram, TorrcInclude = network.Include };
        await using var server = new Engine(options, TimeProvider.System);
        var service = await server.Saved.StartAsync(new ShareRequest { Name = "papers", Paths = [_server.File("a.bin", 10)], RequireClientKey = true, Save = true }, Cancel);
        await Until.TrueAsync(() => service.Status.State == ServiceState.Running, Limit);
        await server.Changes.GrantAsync(service, new GrantRequest { Client = "laptop" }, Cancel);
        await using var client = new Engine(options with { StateFolder = _client.State }, TimeProvider.System);
        var request = new RemoteListRequest { Url = service.Status.Url!, ClientKey = isGiven ? ClientKey.Generate().PrivateKey : null };
        await client.Tor.ConnectAsync(Cancel);

        var clock = Stopwatch.StartNew();
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => client.Remote.ListAsync(request, Cancel))).Problem;

        Assert.Equal((ProblemCodes.RemoteKey, true), (problem.Code, problem.Detail.Contains(words, StringComparison.Ordinal)));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), "it was tried again and again");
    }

    [Fact(Timeout = 480_000)]
    public async Task Who_chats_comes_back_by_itself_when_the_tor_of_the_room_dies_and_nothing_said_meanwhile_is_lost()
    {
        var network = await fixture.NetworkAsync();
        var options = new EngineOptions { StateFolder = _server.State, TorExecutable = network.TorProgram, TorrcInclude = network.Include };
        await using var server = new Engine(options, TimeProvider.System);
        var service = await server.Services.StartAsync(new ChatRequest(), Cancel);
        await Until.TrueAsync(() => service.Status.State == ServiceState.Running, Limit);
        await using var client = new Engine(options with { StateFolder = _client.State }, TimeProvider.System);
        var request = new ChatVisitRequest { Url = service.Status.Url! };
        await using var ann = client.Remote.ChatAsync(request with { Name = "Ann" }, Cancel).GetAsyncEnumerator(Cancel);
        await NextAsync(ann, ChatEventType.Entered);
        await using var bob = client.Remote.ChatAsync(request with { Name = "Bob" }, Cancel).GetAsyncEnumerator(Cancel);
        var room = (await NextAsync(bob, ChatEventType.Entered)).Room!;

        EngineProcess.Send(RunningTors.IdBelow(_server.State), EngineProcess.Kill);
        await NextAsync(ann, ChatEventType.Lost);
        var saying = client.Remote.Room(room).SayAsync("still there?", Cancel);

        var back = await NextAsync(ann, ChatEventType.Entered);
        Assert.Equal((false, "Ann"), (back.HasGap, back.Name));
        Assert.Equal(("still there?", "Bob"), await NextAsync(ann, ChatEventType.Said) is var said ? (said.Text, said.Name) : default);
        await saying;
    }

    private static async Task<ChatEvent> NextAsync(IAsyncEnumerator<ChatEvent> events, ChatEventType type)
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(Limit, Cancel))
            if (events.Current.Type == type) return events.Current;
        throw new InvalidOperationException($"The room ended without {type}.");
    }

    private async Task<EngineProcess> FetchAsync(string url, string include)
    {
        var process = EngineProcess.Start(_client, "fetch", "-", _client.At("got"), "--expand", "--torrc-include", include);
        await process.Process.StandardInput.WriteLineAsync(url);
        return process;
    }

    // A session writes down at once what it got first.
    private static async Task WrittenAsync(string journal)
    {
        var before = File.Exists(journal) ? File.GetLastWriteTimeUtc(journal) : DateTime.MinValue;
        await Until.TrueAsync(() => File.Exists(journal) && File.GetLastWriteTimeUtc(journal) > before, Limit);
    }
}
