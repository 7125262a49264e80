using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>The main job over real HTTP.</summary>
public sealed class ShareDownloadTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_shared_folder_comes_out_of_the_download_byte_for_byte()
    {
        await using var engine = new LocalEngine();
        var files = new Dictionary<string, byte[]>
        {
            ["readme.txt"] = "hello"u8.ToArray(),
            ["empty"] = [],
            ["deep/er/große Datei 文件.bin"] = Scratch.Bytes(3_000_001),
            ["deep/@list"] = Scratch.Bytes(70_000),
            ["-n"] = Scratch.Bytes(1),
        };
        foreach (var (name, bytes) in files) engine.Scratch.File(name, bytes);
        Directory.CreateDirectory(Path.Combine(engine.Scratch.Files, "nothing in it"));
        var service = await engine.ShareAsync(engine.Scratch.Files);
        using var visitor = LocalEngine.Visit(service);

        using var zip = new ZipArchive(new MemoryStream(await visitor.DownloadAsync()));

        Assert.Equal(
            files.Keys.Order(StringComparer.Ordinal),
            zip.Entries.Where(entry => !entry.FullName.EndsWith('/')).Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        Assert.Contains(zip.Entries, entry => entry.FullName == "nothing in it/");
        foreach (var (name, bytes) in files)
        {
            using var unpacked = new MemoryStream();
            await using (var entry = await zip.GetEntry(name)!.OpenAsync(Cancel)) await entry.CopyToAsync(unpacked, Cancel);
            Assert.Equal(bytes, unpacked.ToArray());
        }

        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
        Assert.Equal(TransferState.Completed, (await engine.EndOfTransferAsync(service)).State);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_file_is_offered_as_itself_with_its_name_and_length_and_HEAD_says_the_same()
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(123_457);
        var service = await engine.ShareAsync(engine.Scratch.File("Träume.pdf", bytes));
        using var visitor = LocalEngine.Visit(service);

        using var head = await visitor.SendAsync(HttpMethod.Head, "/download");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(bytes.Length, head.Content.Headers.ContentLength);
        Assert.Equal("Träume.pdf", head.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal(ServiceState.Running, service.Status.State);

        using var got = await visitor.GetAsync("/download");
        Assert.Equal(head.Headers.ETag, got.Headers.ETag);
        Assert.Equal("application/pdf", got.Content.Headers.ContentType!.MediaType);
        Assert.Equal(bytes, await got.Content.ReadAsByteArrayAsync(Cancel));
        await LocalEngine.EndAsync(service);
    }

    [Fact(Timeout = 120_000)]
    public async Task Ranges_are_answered_and_no_part_alone_ends_the_share()
    {
        // Row «Range: bytes=0-99 counts as complete», and row «dufs #690».
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(500_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service);

        using var some = await visitor.GetAsync("/download", ("Range", "bytes=0-99"));
        Assert.Equal(HttpStatusCode.PartialContent, some.StatusCode);
        Assert.Equal(new ContentRangeHeaderValue(0, 99, 500_000), some.Content.Headers.ContentRange);
        Assert.Equal(bytes[..100], await some.Content.ReadAsByteArrayAsync(Cancel));

        using var last = await visitor.GetAsync("/download", ("Range", "bytes=-7"));
        Assert.Equal(bytes[^7..], await last.Content.ReadAsByteArrayAsync(Cancel));

        using var beyond = await visitor.GetAsync("/download", ("Range", "bytes=500000-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        Assert.Equal("bytes */500000", beyond.Content.Headers.GetValues("Content-Range").Single());

        foreach (var hostile in new[] { "bytes=99-0", "bytes=-", "bytes=99999999999999999999-", "bytes=0-0,1-1,2-2", "bytes=-99999999999999999999", "x" })
        {
            using var answer = await visitor.GetAsync("/download", ("Range", hostile), ("If-Match", "\"other\""));
            Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
            using var head = await visitor.SendAsync(HttpMethod.Head, "/download", ("Range", hostile));
            Assert.Equal(500_000, head.Content.Headers.ContentLength);
        }

        using var other = await visitor.GetAsync("/download", ("Range", "bytes=0-9"), ("If-Range", "\"not this\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(bytes, await other.Content.ReadAsByteArrayAsync(Cancel));
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task Folders_can_be_browsed_and_files_fetched_one_by_one_only_while_sharing_goes_on()
    {
        await using var engine = new LocalEngine();
        var bytes = engine.Scratch.File("sub/a b.txt", 1000);
        var kept = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true });
        var once = await engine.ShareAsync(engine.Scratch.Files);
        using var visitor = LocalEngine.Visit(kept);
        using var other = LocalEngine.Visit(once);

        Assert.Contains("href=\"/files/sub/\"", await visitor.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        Assert.Contains("/files/sub/a%20b.txt", await visitor.Client.GetStringAsync("/files/sub/", Cancel), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(bytes, Cancel), await visitor.DownloadAsync("/files/sub/a%20b.txt"));
        await visitor.DownloadAsync();
        await visitor.DownloadAsync();
        Assert.Equal(ServiceState.Running, kept.Status.State);

        Assert.DoesNotContain("/files/", await other.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        using var refused = await other.GetAsync("/files/sub/a%20b.txt");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_long_listing_is_in_the_order_of_its_numbers_and_searched_below_the_folder_without_scripts()
    {
        await using var engine = new LocalEngine();
        for (var n = 1; n <= 30; n++) engine.Scratch.File($"photos/file {n}.txt", 1);
        engine.Scratch.File("photos/deep/file 2 of the deep.txt", 1);
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true });
        using var visitor = LocalEngine.Visit(service);

        var listing = await visitor.Client.GetStringAsync("/files/photos/", Cancel);
        Assert.True(listing.IndexOf("file 2.txt", StringComparison.Ordinal) < listing.IndexOf("file 10.txt", StringComparison.Ordinal));
        var found = await visitor.Client.GetStringAsync("/?q=FILE+2+", Cancel);
        Assert.Contains("<a href=\"/files/photos/deep/file%202%20of%20the%20deep.txt\"><bdi>photos/deep/file 2 of the deep.txt</bdi>", found, StringComparison.Ordinal);
        Assert.Contains("<bdi>photos/file 20.txt</bdi>", found, StringComparison.Ordinal);
        Assert.DoesNotContain("file 3.txt", found, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task While_a_share_drains_newcomers_get_a_page_with_503_and_the_transfer_under_way_arrives_whole()
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(30_000_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service);
        using var newcomer = LocalEngine.Visit(service);
        await newcomer.Client.GetStringAsync("/", Cancel);
        using var answer = await visitor.GetAsync("/download");
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        await engine.SeenAsync(happened => happened is TransferChanged);

        service.Stop(StopReason.Requested);
        await engine.SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Draining });

        using var refused = await newcomer.GetAsync("/download");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("about to stop", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("about to stop", await newcomer.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        var arrived = new MemoryStream();
        await body.CopyToAsync(arrived, Cancel);
        Assert.Equal(bytes, arrived.ToArray());
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Requested, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_stop_cuts_what_is_under_way()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", 30_000_000));
        using var visitor = LocalEngine.Visit(service);
        using var answer = await visitor.GetAsync("/download");
        await engine.SeenAsync(happened => happened is TransferChanged);

        service.Stop(StopReason.Requested);
        service.Stop(StopReason.Requested);
        service.Stop(StopReason.Requested, force: true);

        await LocalEngine.EndAsync(service);
        service.Stop(StopReason.Requested, force: true);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(TransferState.Cancelled, (await engine.EndOfTransferAsync(service)).State);
        Assert.Equal(ServiceState.Stopped, service.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Any_number_of_aborted_downloads_never_stands_in_the_way_of_the_next_visitor()
    {
        // Row «an aborted download leaves "in progress" for ever for every later visitor».
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(20_000_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var rude = LocalEngine.Visit(service, "Rude/1.0");
        using var visitor = LocalEngine.Visit(service);

        await Task.WhenAll(Enumerable.Range(1, 50).Select(n => rude.BreakOffAsync(n * 1000)));
        for (var id = 1; id <= 50; id++) Assert.Equal(TransferState.Cancelled, (await engine.EndOfTransferAsync(service, id)).State);

        Assert.Equal(0, service.Status.ActiveTransfers);
        Assert.Equal(ServiceState.Running, service.Status.State);
        Assert.Equal(bytes, await visitor.DownloadAsync());
        await LocalEngine.EndAsync(service);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_last_bytes_arrive_whole_although_the_visitor_is_slow_and_the_share_stops_by_itself()
    {
        // Row «stop at 100 % cut 13–17 MB off a download». 1 MB/s.
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(4_000_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service);
        using var slow = await visitor.ConnectAsync(visitor.Get("/download"));

        var all = await SlowReader.ReadAsync(slow.GetStream(), 1_000_000);

        Assert.Equal(bytes, all[^bytes.Length..]);
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task Connections_that_say_nothing_or_speak_a_byte_at_a_time_do_not_hold_up_the_end()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", 1000));
        using var visitor = LocalEngine.Visit(service);
        using var silent = await visitor.ConnectAsync("");
        using var loris = await visitor.ConnectAsync("GET / HTTP/1.1\r\nHost: ");
        using var refused = await visitor.ConnectAsync($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\n\r\nGET / HTTP/1.1\r\nHo");
        using var idle = await visitor.ConnectAsync(visitor.Get("/"));
        Assert.True(await idle.GetStream().ReadAsync(new byte[100], Cancel) > 0);
        Assert.True(await refused.GetStream().ReadAsync(new byte[100], Cancel) > 0);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        await visitor.DownloadAsync();
        await LocalEngine.EndAsync(service);

        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Until.Limit);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_compressed_share_arrives_says_so_and_stops()
    {
        await using var engine = new LocalEngine();
        var text = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("the same again and again\n", 20_000)));
        engine.Scratch.File("a.txt", text);
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.Files], Compress = true });
        using var visitor = LocalEngine.Visit(service);

        Assert.Contains("before compression", await visitor.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        using var head = await visitor.SendAsync(HttpMethod.Head, "/download");
        Assert.Null(head.Content.Headers.ContentLength);
        var bytes = await visitor.DownloadAsync();

        Assert.InRange(bytes.Length, 1, text.Length / 10);
        using var zip = new ZipArchive(new MemoryStream(bytes));
        await using var entry = await zip.Entries.Single(entry => entry.Name == "a.txt").OpenAsync(Cancel);
        var unpacked = new MemoryStream();
        await entry.CopyToAsync(unpacked, Cancel);
        Assert.Equal(text, unpacked.ToArray());
        await LocalEngine.EndAsync(service);
    }
}
