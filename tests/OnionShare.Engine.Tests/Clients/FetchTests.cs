using System.Security.Cryptography;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Files fetched from this program's own services.</summary>
public sealed class FetchTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_file_arrives_proven_and_the_share_ends_by_the_receipt()
    {
        await using var client = new RemoteClient();
        var bytes = Scratch.Bytes(5_000_000);
        var service = await client.Local.ShareAsync(client.Local.Scratch.File("a.bin", bytes));

        var file = Assert.Single(await client.FetchAsync(client.Request(service.Status.Url!)));

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "a.bin"), Cancel));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Sha256);
        Assert.Equal(FileProof.Sha256, file.Proof);
        Assert.Equal(["a.bin"], client.Left);
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
        Assert.All(service.Context.Transfers.Snapshot(), transfer => Assert.True(transfer.IsVerified));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_download_by_several_circuits_counts_once()
    {
        await using var client = new RemoteClient();
        var service = await client.Local.ShareAsync(new ShareRequest { Paths = [client.Local.Scratch.File("a.bin", 9_000_000)], MaxDownloads = 2 });

        await client.FetchAsync(client.Request(service.Status.Url!) with { Connections = 4 });
        Assert.Equal((TransferState.Completed, 9_000_000), Assert.Single(service.Context.Transfers.Snapshot()) is var only ? (only.State, only.Bytes) : default);
        Assert.Equal(ServiceState.Running, service.Status.State);

        await client.FetchAsync(client.Request(service.Status.Url!) with { Connections = 4, Existing = ExistingFile.KeepBoth });
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_is_unpacked_as_it_was()
    {
        await using var client = new RemoteClient();
        var scratch = client.Local.Scratch;
        var a = Scratch.Bytes(3_000_000);
        scratch.File("photos/a.bin", a);
        scratch.File("photos/sub/ö ü.txt", "words"u8.ToArray());
        scratch.File("photos/empty.txt", []);
        Directory.CreateDirectory(Path.Combine(scratch.Files, "photos", "nothing in it"));
        var service = await client.Local.ShareAsync(Path.Combine(scratch.Files, "photos"));

        var files = await client.FetchAsync(client.Request(service.Status.Url!) with { Expand = true });

        Assert.Equal(["photos", "photos/a.bin", "photos/empty.txt", "photos/nothing in it", "photos/sub", "photos/sub/ö ü.txt"], client.Left);
        Assert.Equal(a, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "photos", "a.bin"), Cancel));
        Assert.Equal(3, files.Count);
        Assert.All(files, file => Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.Path))), FileProof.Sha256), (file.Sha256, file.Proof)));
        await LocalEngine.EndAsync(service);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Names_that_other_systems_do_not_take_keep_nobody_from_the_rest(bool isShare)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names");
        await using var client = new RemoteClient();
        var scratch = client.Local.Scratch;
        scratch.File("notes/\\back", "a"u8.ToArray());
        scratch.File("notes/x\\..\\up.txt", "b"u8.ToArray());
        scratch.File("notes/Q: who.txt", "c"u8.ToArray());
        var longest = new string('e', 251) + ".txt";
        scratch.File("notes/" + longest, "d"u8.ToArray());
        string[] paths = [Path.Combine(scratch.Files, "notes")];
        var service = isShare
            ? await client.Local.ShareAsync(paths[0])
            : await client.Local.Engine.Services.StartAsync(new WebsiteRequest { Paths = paths, LocalOnly = true }, Cancel);
        await client.Local.SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Running });

        var files = await client.FetchAsync(client.Request(service.Status.Url!) with { Expand = isShare });

        Assert.Equal(["Q_ who.txt", "_back", longest, "x_.._up.txt"], files.Select(file => Path.GetFileName(file.Path)).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_there_already_is_told_before_an_archive_is_fetched()
    {
        await using var client = new RemoteClient();
        client.Local.Scratch.File("photos/sub/a.bin", 1000);
        client.Local.Scratch.File("photos/b.bin", 1000);
        var service = await client.Local.ShareAsync(Path.Combine(client.Local.Scratch.Files, "photos"));
        Directory.CreateDirectory(Path.Combine(client.Folder, "photos", "sub"));
        await File.WriteAllTextAsync(Path.Combine(client.Folder, "photos", "sub", "a.bin"), "mine", Cancel);

        var problem = await client.FailAsync(client.Request(service.Status.Url!) with { Expand = true });

        Assert.Contains("a.bin' is there already", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(service.Context.Transfers.Snapshot());
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(client.Folder, "photos", "sub", "a.bin"), Cancel));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_folder_that_is_compressed_on_the_way_is_unpacked_too()
    {
        await using var client = new RemoteClient();
        var text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n")));
        client.Local.Scratch.File("notes/long.txt", text);
        client.Local.Scratch.File("notes/b.bin", Scratch.Bytes(200_000));
        var service = await client.Local.ShareAsync(new ShareRequest { Paths = [Path.Combine(client.Local.Scratch.Files, "notes")], Compress = true });

        var files = await client.FetchAsync(client.Request(service.Status.Url!) with { Expand = true });

        Assert.All(files, file => Assert.Equal(FileProof.Crc32, file.Proof));
        Assert.Equal(text, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "notes", "long.txt"), Cancel));
    }

    [Fact(Timeout = 120_000)]
    public async Task Picked_files_come_out_of_the_whole_by_ranges_where_they_have_no_address_of_their_own()
    {
        await using var client = new RemoteClient();
        var pdf = Scratch.Bytes(700_000);
        client.Local.Scratch.File("papers/x/a.pdf", pdf);
        client.Local.Scratch.File("papers/b.bin", Scratch.Bytes(2_000_000));
        var service = await client.Local.ShareAsync(Path.Combine(client.Local.Scratch.Files, "papers"));

        await client.FetchAsync(client.Request(service.Status.Url!) with { Include = ["*.PDF"] });

        Assert.Equal(["x", "x/a.pdf"], client.Left);
        Assert.Equal(pdf, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "x", "a.pdf"), Cancel));
        Assert.Equal(ServiceState.Running, service.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_an_earlier_session_left_is_gone_on_with()
    {
        var bytes = Scratch.Bytes(3_000_000);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await using var client = new RemoteClient();
        var cut = true;
        long sent = 0;
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, async http =>
        {
            if (!cut)
            {
                var (start, end) = HostileServer.Range(http, bytes.Length);
                Interlocked.Add(ref sent, end - start);
                await HostileServer.Honest(bytes)(http);
                return;
            }

            // Half of the first piece comes, and then nothing ever again.
            var (from, to) = HostileServer.Range(http, bytes.Length);
            if (from > 0)
            {
                http.Abort();
                return;
            }

            http.Response.StatusCode = 206;
            http.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{bytes.Length}";
            http.Response.ContentLength = to - from;
            await http.Response.Body.WriteAsync(bytes.AsMemory(0, 150_000));
            await http.Response.Body.FlushAsync();
            http.Abort();
        }, hash);

        var problem = await client.FailAsync(client.Request(server.Url) with { Connections = 1, Patience = TimeSpan.FromSeconds(1) });
        Assert.Equal(ProblemCodes.RemoteUnreachable, problem.Code);
        Assert.Contains("run the same command again", problem.Advice, StringComparison.Ordinal);
        Assert.Equal(["a.bin.part", "a.bin.part.json"], client.Left);

        var kept = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(client.Folder, "a.bin.part.json"), Cancel))
            .RootElement.GetProperty("ranges").EnumerateArray().Sum(range => range[1].GetInt64() - range[0].GetInt64());
        Assert.True(kept > 0);
        cut = false;
        await client.FetchAsync(client.Request(server.Url) with { Connections = 1 });

        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "a.bin"), Cancel));
        Assert.Equal(["a.bin"], client.Left);
        Assert.Equal(bytes.Length - kept, sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_has_changed_since_it_was_shared_is_told_as_that()
    {
        await using var client = new RemoteClient();
        var path = client.Local.Scratch.File("a.bin", 1000);
        var service = await client.Local.ShareAsync(path);
        await File.AppendAllTextAsync(path, "more", Cancel);

        var problem = await client.FailAsync(client.Request(service.Status.Url!));

        Assert.Equal((ProblemCodes.RemoteRefused, "a.bin has changed since it was shared, and so the service does not hand it out."), (problem.Code, problem.Detail));
        Assert.Contains("start the share again", problem.Advice, StringComparison.Ordinal);
        Assert.Empty(client.Left);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(ExistingFile.Refuse)]
    [InlineData(ExistingFile.Overwrite)]
    [InlineData(ExistingFile.KeepBoth)]
    [InlineData(ExistingFile.Skip)]
    public async Task Nothing_is_overwritten_unasked(ExistingFile existing)
    {
        await using var client = new RemoteClient();
        var service = await client.Local.ShareAsync(new ShareRequest { Paths = [client.Local.Scratch.File("a.txt", "new"u8.ToArray())], KeepSharing = true });
        await File.WriteAllTextAsync(Path.Combine(client.Folder, "a.txt"), "old", Cancel);
        var request = client.Request(service.Status.Url!) with { Existing = existing };

        if (existing == ExistingFile.Refuse) Assert.Equal(ProblemCodes.FileExists, (await client.FailAsync(request)).Code);
        else await client.FetchAsync(request);

        Assert.Equal(existing == ExistingFile.KeepBoth ? ["a (2).txt", "a.txt"] : ["a.txt"], client.Left);
        Assert.Equal(existing == ExistingFile.Overwrite ? "new" : "old", await File.ReadAllTextAsync(Path.Combine(client.Folder, "a.txt"), Cancel));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_website_is_listed_and_fetched_as_its_listings_show_it()
    {
        await using var client = new RemoteClient();
        client.Local.Scratch.File("site/hello.txt", "hello"u8.ToArray());
        client.Local.Scratch.File("site/own/index.html", "<p>a page"u8.ToArray());
        client.Local.Scratch.File("site/own/not linked.txt", "hidden"u8.ToArray());
        client.Local.Scratch.File("site/sub/a b.txt", "words"u8.ToArray());
        client.Local.Scratch.File("site/sub/page 2.txt", "words"u8.ToArray());
        client.Local.Scratch.File("site/sub/page 10.txt", "words"u8.ToArray());
        var service = await client.Local.Engine.Services.StartAsync(new WebsiteRequest { Paths = [Path.Combine(client.Local.Scratch.Files, "site")], LocalOnly = true }, Cancel);
        await client.Local.SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Running });

        var listing = await client.Local.Engine.Remote.ListAsync(new RemoteListRequest { Url = service.Status.Url!, LocalOnly = true }, Cancel);
        await client.FetchAsync(client.Request(service.Status.Url!));

        Assert.Equal(RemoteKind.Website, listing.Kind);
        Assert.Equal(["own/index.html", "sub/a b.txt", "sub/page 2.txt", "sub/page 10.txt", "hello.txt"], listing.Files.Select(file => file.Path));
        Assert.Equal(["hello.txt", "own", "own/index.html", "sub", "sub/a b.txt", "sub/page 10.txt", "sub/page 2.txt"], client.Left);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_folder_that_can_not_be_made_is_told()
    {
        await using var client = new RemoteClient();
        var file = client.Local.Scratch.File("a.bin", 10);
        var problem = await client.FailAsync(client.Request("http://127.0.0.1:9/") with { Path = Path.Combine(file, "below") });
        Assert.Equal((ProblemCodes.PathNotWritable, true), (problem.Code, problem.Detail.Contains("can't be made", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_client_key_that_is_none_is_told_and_is_in_no_word_of_it()
    {
        await using var client = new RemoteClient();
        var request = client.Request("http://127.0.0.1:9/") with { ClientKey = "not-this-secret" };
        var problem = Assert.Throws<ProblemException>(() => client.Local.Engine.Remote.FetchAsync(request, Cancel)).Problem;
        Assert.Equal(ProblemCodes.RemoteKey, problem.Code);
        Assert.DoesNotContain("secret", problem + request.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_wrong_password_is_told_and_is_in_no_word_of_it()
    {
        await using var client = new RemoteClient();
        var service = await client.Local.ShareAsync(client.Local.Scratch.File("a.bin", 10));

        var problem = await client.FailAsync(client.Request($"http://onionshare:not-this-secret@{service.Status.Address}"));
        var asked = await client.FailAsync(client.Request($"http://{service.Status.Address}"));

        Assert.Equal(ProblemCodes.RemotePassword, problem.Code);
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains("asks for a password", asked.Detail, StringComparison.Ordinal);
        Assert.Empty(client.Left);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_index_stands_behind_the_gate_and_tells_hashes_once_they_are_known()
    {
        await using var local = new LocalEngine();
        var bytes = Scratch.Bytes(1000);
        var service = await local.ShareAsync(local.Scratch.File("a.bin", bytes));
        using var stranger = new HttpClient { BaseAddress = new Uri($"http://{service.Status.Address}") };
        using var visitor = LocalEngine.Visit(service);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await stranger.GetAsync("/files.json", Cancel)).StatusCode);
        using var late = new CancellationTokenSource(EngineProcess.Limit);
        string index;
        do index = System.Text.Encoding.UTF8.GetString(await visitor.DownloadAsync("/files.json"));
        while (!index.Contains("sha256", StringComparison.Ordinal) && !late.IsCancellationRequested);

        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(bytes)), index, StringComparison.Ordinal);
        using var answer = await visitor.SendAsync(HttpMethod.Head, "/download");
        Assert.Equal($"sha-256=:{Convert.ToBase64String(SHA256.HashData(bytes))}:", answer.Headers.GetValues("Repr-Digest").Single());
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(bytes)), System.Text.Encoding.UTF8.GetString(await visitor.DownloadAsync("/")), StringComparison.Ordinal);
    }
}
