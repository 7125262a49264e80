using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tor;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Services that drip, restart in the middle, or have no end of files.</summary>
public sealed class PatienceTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_circuit_that_drips_is_overtaken_and_holds_nothing_up()
    {
        var bytes = Scratch.Bytes(900_000);
        await using var client = new RemoteClient();
        var first = 0;
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, async http =>
        {
            if (Interlocked.Exchange(ref first, 1) == 1)
            {
                await HostileServer.Honest(bytes)(http);
                return;
            }

            var (start, end) = HostileServer.Range(http, bytes.Length);
            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {start}-{end - 1}/{bytes.Length}";
            http.Response.ContentLength = end - start;
            for (var at = (int)start; at < end && !http.RequestAborted.IsCancellationRequested; at++)
            {
                await http.Response.Body.WriteAsync(bytes.AsMemory(at, 1));
                await Task.WhenAny(Task.Delay(500, http.RequestAborted)); // a byte each half second: it would take days
            }
        });

        await client.FetchAsync(client.Request(server.Url) with { Connections = 2, Patience = TimeSpan.FromSeconds(30) });

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "a.bin"), Cancel));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_index_that_drips_is_given_up_when_patience_ends()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.WriteAsync(" ");
                await Task.WhenAny(Task.Delay(100, http.RequestAborted));
            }
        });

        using var visit = new Visit(client.Request(server.Url), (TorHost)client.Local.Engine.Tor);

        var problem = (await Assert.ThrowsAsync<ProblemException>(() => Catalog.ReadAsync(visit, TimeProvider.System, TimeSpan.FromSeconds(1), Cancel))).Problem;

        Assert.Equal(ProblemCodes.RemoteUnreachable, problem.Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_restart_in_the_middle_of_a_range_costs_no_byte_twice()
    {
        var bytes = Scratch.Bytes(6_000_000);
        await using var client = new RemoteClient();
        var (asked, refused) = (new ConcurrentQueue<(long Start, long End)>(), 0);
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, async http =>
        {
            var (start, end) = HostileServer.Range(http, bytes.Length);
            if (asked.Count == 1 && refused++ < 2)
            {
                http.Abort(); // it is not up again
                return;
            }

            asked.Enqueue((start, end));
            if (asked.Count > 1)
            {
                await HostileServer.Honest(bytes)(http);
                return;
            }

            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {start}-{end - 1}/{bytes.Length}";
            http.Response.ContentLength = end - start;
            await http.Response.Body.WriteAsync(bytes.AsMemory((int)start, 100_000));
            await http.Response.Body.FlushAsync();
            await Until.TrueAsync(() => new FileInfo(Path.Combine(client.Folder, "a.bin.part")) is { Exists: true, Length: >= 100_000 });
            http.Abort();
        });

        await client.FetchAsync(client.Request(server.Url) with { Connections = 1, Patience = TimeSpan.FromSeconds(60) });

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "a.bin"), Cancel));
        Assert.Equal(3, refused);
        Assert.Equal((0, 100_000), (asked.First().Start, asked.ElementAt(1).Start));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_has_no_ranges_and_was_cut_is_gone_on_with_only_if_it_begins_as_it_did(bool isSame)
    {
        var (old, now) = (Scratch.Bytes(1_000_000), Scratch.Bytes(900_000));
        if (isSame) now = old;
        await using var client = new RemoteClient();
        var attempts = 0;
        await using var server = await HostileServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"schema":1,"mode":"share","download":{"url":"/download","name":"a.bin","type":"application/octet-stream"},"files":[]}""");
                return;
            }

            if (Interlocked.Increment(ref attempts) > 1)
            {
                await http.Response.Body.WriteAsync(now);
                return;
            }

            http.Response.ContentLength = old.Length;
            await http.Response.Body.WriteAsync(old.AsMemory(0, 700_000));
            await http.Response.Body.FlushAsync();
            await Until.TrueAsync(() => new FileInfo(Path.Combine(client.Folder, "a.bin.part")) is { Exists: true, Length: >= 700_000 });
            http.Abort();
        });

        var file = Assert.Single(await client.FetchAsync(client.Request(server.Url) with { Patience = TimeSpan.FromSeconds(60) }));

        Assert.Equal(now, await File.ReadAllBytesAsync(file.Path, Cancel));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(now)), file.Sha256);
        Assert.Equal(["a.bin"], client.Left);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(1_000_000, null)]
    [InlineData(1_000_001, "1,000,001 files")]
    public async Task A_listing_of_a_million_files_is_read_and_one_more_is_refused(int count, string? words)
    {
        var index = new StringBuilder("""{"schema":1,"mode":"website","files":[""");
        for (var file = 0; file < count; file++) index.Append(file == 0 ? "" : ",").Append($$"""{"path":"{{file}}","length":1,"url":"/{{file}}"}""");
        var body = Encoding.UTF8.GetBytes(index.Append("]}").ToString());
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.Body.WriteAsync(body);
        });
        var request = new RemoteListRequest { Url = server.Url, LocalOnly = true };

        if (words is null)
        {
            Assert.Equal(count, (await client.Local.Engine.Remote.ListAsync(request, Cancel)).Files.Count);
            return;
        }

        var problem = (await Assert.ThrowsAsync<ProblemException>(() => client.Local.Engine.Remote.ListAsync(request, Cancel))).Problem;
        Assert.Equal((ProblemCodes.RemoteUnsafe, true), (problem.Code, problem.Detail.Contains(words, StringComparison.Ordinal)));
    }
}
