using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Receive.Resumable;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Receive.Tus;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class ResumableFaultTests
{
    [Theory]
    [InlineData("partial")]
    [InlineData("final;/files/a /files/b")]
    public async Task Parallel_parts_which_are_not_announced_are_refused_at_once(string concat)
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await TusAsync(inbox, HttpMethod.Post, "/files", headers: [("Upload-Length", "3"), ("Upload-Concat", concat), ("Upload-Metadata", Metadata("a"))]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
    }

    [Fact]
    public async Task Where_head_says_an_upload_goes_on_it_does_even_if_more_has_come_since()
    {
        await using var inbox = await Inboxed.StartAsync();
        var content = new string([.. Enumerable.Range(0, 600_000).Select(at => (char)('a' + (at % 26)))]);
        var path = await CreateAsync(inbox, "a.txt", content.Length);
        using var stalled = await BeginPatchAsync(inbox, path, content.Length);
        await stalled.GetStream().WriteAsync(Encoding.ASCII.GetBytes(content[..300_000]), Cancel);
        await Until.TrueAsync(() => inbox.Transfers is [{ Bytes: 300_000 }]);
        var told = int.Parse(Header(await HeadAsync(inbox, path), "Upload-Offset")!, CultureInfo.InvariantCulture);
        await stalled.GetStream().WriteAsync(Encoding.ASCII.GetBytes(content[300_000..500_000]), Cancel);
        await Until.TrueAsync(() => inbox.Transfers is [{ Bytes: 500_000 }]);

        Assert.InRange(told, 1, 300_000);
        Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(inbox, path, told, content[told..])).StatusCode);
        Assert.Equal(content, await File.ReadAllTextAsync(inbox.AllFiles.Single(), Cancel));
        Assert.Equal(content.Length, (await inbox.OnlyEndedAsync()).Bytes);
    }

    [Theory]
    [InlineData("../../escaped")]
    [InlineData("/tmp/escaped")]
    [InlineData("x")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcde/")]
    public async Task A_submission_that_is_named_like_a_path_is_none(string name)
    {
        await using var inbox = await Inboxed.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await TryCreateAsync(inbox, "a.txt", 3, name)).StatusCode);
        Assert.Empty(inbox.Everything);
    }

    // Row «key scope widened».
    [Fact]
    public async Task The_name_of_an_upload_reads_nothing_and_opens_no_other()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 6);
        await PatchAsync(inbox, path, 0, "abc");
        var id = path.Split('/')[2];
        var other = string.Concat(id[..^1], id[^1] == '0' ? "1" : "0");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await TusAsync(inbox, HttpMethod.Get, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(inbox, $"/files/{id}/1", 0, "x")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await TusAsync(inbox, HttpMethod.Delete, $"/files/{other}/0")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await TusAsync(inbox, HttpMethod.Post, "/submissions/" + other)).StatusCode);
        Assert.Equal("3", Header(await HeadAsync(inbox, path), "Upload-Offset"));
    }

    [Fact]
    public async Task Nobody_is_told_that_all_is_there_before_it_has_its_name()
    {
        // The engine was killed, or the disk failed, between the last byte and the name: clients take an offset of the whole length for the end.
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            string path;
            await using (var before = await Inboxed.StartAsync(root: root))
            {
                path = await CreateAsync(before, "a.txt", 6);
                await PatchAsync(before, path, 0, "abc");
                await File.AppendAllTextAsync(before.AllFiles.Single(), "def", Cancel);
            }

            await using var after = await Inboxed.StartAsync(root: root);
            Assert.Equal("6", Header(await HeadAsync(after, path), "Upload-Offset"));
            Assert.Equal(["a.txt"], after.Files);
            Assert.Equal("abcdef", await File.ReadAllTextAsync(after.AllFiles.Single(), Cancel));
            Assert.Equal(TransferState.Completed, (await after.OnlyEndedAsync()).State);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Two_files_of_one_name_stay_two_over_a_restart()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            string first, submission;
            await using (var before = await Inboxed.StartAsync(root: root))
            {
                submission = await BeginAsync(before);
                first = await CreateAsync(before, "x.bin", 6, submission);
                await PatchAsync(before, first, 0, "abc");
                await PatchAsync(before, await CreateAsync(before, "x.bin", 3, submission), 0, "xyz");
            }

            await using var after = await Inboxed.StartAsync(root: root);
            await PatchAsync(after, await CreateAsync(after, "x.bin", 2, submission), 0, "12");
            Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(after, first, 3, "def")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await TusAsync(after, HttpMethod.Post, "/submissions/" + submission)).StatusCode);
            Assert.Equal(["x (2).bin", "x (3).bin", "x.bin"], after.Files);
            Assert.Equal(["xyz", "12", "abcdef"], after.AllFiles.Order(StringComparer.Ordinal).Select(File.ReadAllText));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Pieces_of_one_submission_arrive_all_at_once()
    {
        await using var inbox = await Inboxed.StartAsync();
        var submission = await BeginAsync(inbox);
        var paths = await Task.WhenAll(Enumerable.Range(0, 12).Select(number => CreateAsync(inbox, $"{number}.txt", 6, submission)));
        foreach (var offset in new[] { 0, 3 })
            Assert.All(await Task.WhenAll(paths.Select(path => PatchAsync(inbox, path, offset, "abc"))), answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission)).StatusCode);
        Assert.All(inbox.AllFiles, file => Assert.Equal("abcabc", File.ReadAllText(file)));
        Assert.Equal(12, inbox.AllFiles.Length);
    }

    [Fact]
    public async Task A_last_piece_is_taken_though_the_state_can_not_be_written()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 6);
        await PatchAsync(inbox, path, 0, "abc");
        var log = Hidden(inbox).Single();
        File.Delete(log);
        Directory.CreateDirectory(log);

        Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(inbox, path, 3, "def")).StatusCode);
        Assert.Equal(["a.txt"], inbox.Files);
        Assert.Equal(TransferState.Completed, (await inbox.OnlyEndedAsync()).State);
        Directory.Delete(log);
    }

    [Fact]
    public async Task Finished_uploads_leave_no_state_and_can_still_be_asked_for()
    {
        await using var inbox = await Inboxed.StartAsync();
        string path = "";
        for (var number = 0; number < 30; number++) await PatchAsync(inbox, path = await CreateAsync(inbox, $"{number}.txt", 1), 0, "x");
        Assert.Empty(Hidden(inbox));
        Assert.Equal("1", Header(await HeadAsync(inbox, path), "Upload-Offset"));
    }

    [Fact]
    public async Task What_nobody_can_go_on_with_is_removed_at_the_next_start()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            var hidden = Directory.CreateDirectory(Path.Combine(root, "inbox", ".uploads")).FullName;
            foreach (var name in new[] { "a.json.new", "b.json", new string('0', 32) + ".jsonl", "broken.jsonl" })
            {
                await File.WriteAllTextAsync(Path.Combine(hidden, name), "{", Cancel);
                File.SetLastWriteTimeUtc(Path.Combine(hidden, name), DateTime.UtcNow - ResumableStore.Patience - TimeSpan.FromMinutes(1));
            }

            await using var inbox = await Inboxed.StartAsync(root: root);
            Assert.Empty(Hidden(inbox));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Head_gives_the_metadata_back_as_the_client_said_it_up_to_a_kibibyte()
    {
        await using var inbox = await Inboxed.StartAsync();
        Assert.Equal(Metadata("grüße.txt"), Header(await HeadAsync(inbox, await CreateAsync(inbox, "grüße.txt", 3)), "Upload-Metadata"));

        var metadata = $"filename {Base64("a.txt")},note {Base64(new string('x', 9000))}";
        var created = await TusAsync(inbox, HttpMethod.Post, "/files", headers: [("Upload-Length", "3"), ("Upload-Metadata", metadata)]);
        Assert.Equal($"filename {Base64("a.txt")}", Header(await HeadAsync(inbox, created.Headers.Location!.ToString()), "Upload-Metadata"));
    }

    [Theory]
    [InlineData("abcdef", 204, "a.txt")]
    [InlineData("abcxyz", 460, "a.txt.part")]
    public async Task A_checksum_behind_the_piece_is_checked(string meant, int status, string left)
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 6);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", inbox.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{inbox.Port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nConnection: close\r\n"
            + "Content-Type: application/offset+octet-stream\r\nTransfer-Encoding: chunked\r\nTrailer: Upload-Checksum\r\n\r\n"
            + $"6\r\nabcdef\r\n0\r\nUpload-Checksum: {Checksum("sha256", meant)}\r\n\r\n"), Cancel);
        using var reader = new StreamReader(client.GetStream());
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal([left], inbox.Files);
    }

    [Fact]
    public async Task An_upload_that_is_finished_can_be_taken_off_the_list_but_stays_with_its_owner()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 1);
        await PatchAsync(inbox, path, 0, "a");
        Assert.Equal(HttpStatusCode.NoContent, (await TusAsync(inbox, HttpMethod.Delete, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(inbox, path)).StatusCode);
        Assert.Equal(["a.txt"], inbox.Files);
    }

    [Fact]
    public async Task Whoever_begins_thousands_of_uploads_keeps_nobody_out()
    {
        await using var inbox = await Inboxed.StartAsync();
        var first = await CreateAsync(inbox, "idle.bin", 1000);
        await Parallel.ForEachAsync(Enumerable.Range(0, ResumableStore.Most + 200), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, _) =>
        {
            await BeginAsync(inbox);
            await CreateAsync(inbox, "idle.bin", 1000);
        });

        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(inbox, first)).StatusCode); // the idlest made room
        await PatchAsync(inbox, await CreateAsync(inbox, "a.txt", 1), 0, "a");
        await inbox.PostAsync(Inboxed.Form(("file[]", "b.txt", "b")));
        Assert.Equal(["a.txt", "b.txt"], inbox.Files);
        Assert.Equal(2, inbox.Transfers.Count);
        Assert.Empty(Hidden(inbox));
    }

    [Fact]
    public async Task State_is_written_by_what_changed_and_long_names_are_cut()
    {
        await using var inbox = await Inboxed.StartAsync();
        var submission = await BeginAsync(inbox);
        for (var number = 0; number < 200; number++) await PatchAsync(inbox, await CreateAsync(inbox, "a.txt", 10, submission), 0, "x");
        var small = new FileInfo(Hidden(inbox).Single()).Length;
        Assert.InRange(small, 1, 200 * 1024);

        await PatchAsync(inbox, await CreateAsync(inbox, new string('y', 9000), 10, submission), 0, "x");
        Assert.InRange(new FileInfo(Hidden(inbox).Single()).Length - small, 1, 2048);
        Assert.All(inbox.AllFiles, file => Assert.InRange(Path.GetFileName(file).Length, 1, 255));
    }

    [Fact]
    public async Task A_thousand_checked_pieces_do_not_make_the_state_grow()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 1000);
        await PatchAsync(inbox, path, 0, "x", ("Upload-Checksum", Checksum("sha1", "x")));
        var before = Hidden(inbox).Sum(file => new FileInfo(file).Length);
        for (var offset = 1; offset < 50; offset++) await PatchAsync(inbox, path, offset, "x", ("Upload-Checksum", Checksum("sha1", "x")));
        Assert.Equal(before, Hidden(inbox).Sum(file => new FileInfo(file).Length));
    }

    [Fact]
    public async Task Files_and_messages_of_a_submission_are_counted()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxFiles = 2 });
        var submission = await BeginAsync(inbox);
        var first = await CreateAsync(inbox, "a", 1, submission);
        await CreateAsync(inbox, "b", 1, submission);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await TryCreateAsync(inbox, "c", 1, submission)).StatusCode);
        await CreateAsync(inbox, "", 1, submission, "text");
        Assert.Equal(HttpStatusCode.BadRequest, (await TryCreateAsync(inbox, "", 1, submission, "text")).StatusCode);
        await TusAsync(inbox, HttpMethod.Delete, first);
        await CreateAsync(inbox, "c", 1, submission);
    }

    [Fact]
    public async Task Messages_are_refused_in_pieces_too_where_only_files_are_taken()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { NoText = true });
        Assert.Equal(HttpStatusCode.Forbidden, (await TryCreateAsync(inbox, "", 3, kind: "text")).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
    }

    [Fact]
    public async Task What_will_not_fit_is_refused_before_its_first_byte()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MinFreeSpace = 1 << 20 }, freeSpace: () => 2 << 20);
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await TryCreateAsync(inbox, "a", (1 << 20) + 1)).StatusCode);
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await TusAsync(inbox, HttpMethod.Post, $"/submissions?bytes={(1 << 20) + 1}")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await TryCreateAsync(inbox, "a", 1 << 20)).StatusCode);
    }

    [Fact]
    public async Task A_piece_that_does_not_say_how_long_it_is_ends_where_the_file_does()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 3);
        using var request = new HttpRequestMessage(HttpMethod.Patch, path) { Content = new StreamContent(new MemoryStream("abcd"u8.ToArray())) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("Tus-Resumable", "1.0.0");
        request.Headers.Add("Upload-Offset", "0");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/offset+octet-stream");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await inbox.Client.SendAsync(request, Cancel)).StatusCode);
        Assert.DoesNotContain("a.txt", inbox.Files);
    }

    [Fact]
    public async Task More_senders_than_allowed_wait_with_their_pieces_too()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxConcurrent = 1 });
        string path = await CreateAsync(inbox, "a.txt", 10), other = await CreateAsync(inbox, "b.txt", 1);
        using var slow = await BeginPatchAsync(inbox, path, 10);
        await slow.GetStream().WriteAsync("abcd"u8.ToArray(), Cancel);
        await Until.TrueAsync(() => inbox.Transfers is [{ Bytes: 4 }]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await PatchAsync(inbox, other, 0, "x")).StatusCode);
    }

    [Fact]
    public async Task What_was_taken_back_no_longer_counts()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxTotalSize = 8192 });
        var path = await CreateAsync(inbox, "a", 8192);
        await PatchAsync(inbox, path, 0, new string('x', 8000));
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await TryCreateAsync(inbox, "b", 1)).StatusCode);
        await TusAsync(inbox, HttpMethod.Delete, path);
        Assert.Equal(HttpStatusCode.Created, (await TryCreateAsync(inbox, "b", 8192)).StatusCode);
    }

    [Fact]
    public async Task A_submission_whose_folder_was_removed_begins_again_in_another()
    {
        await using var inbox = await Inboxed.StartAsync();
        var submission = await BeginAsync(inbox);
        var done = await CreateAsync(inbox, "done.txt", 4, submission);
        await PatchAsync(inbox, done, 0, "done");
        var path = await CreateAsync(inbox, "a.txt", 6, submission);
        await PatchAsync(inbox, path, 0, "abc");
        foreach (var day in Directory.GetDirectories(inbox.Inbox, "20*")) Directory.Delete(day, recursive: true);

        Assert.Equal("0", Header(await HeadAsync(inbox, path), "Upload-Offset"));
        Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(inbox, path, 0, "abcdef")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(inbox, done, 0, "done")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission)).StatusCode);
        Assert.Equal(["a.txt", "done.txt"], inbox.Files);
    }

    private static string[] Hidden(Inboxed inbox)
    {
        var folder = Path.Combine(inbox.Inbox, ".uploads");
        return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
    }

    private static async Task<TcpClient> BeginPatchAsync(Inboxed inbox, string path, int length)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", inbox.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{inbox.Port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            + $"Content-Type: application/offset+octet-stream\r\nContent-Length: {length}\r\n\r\n"), Cancel);
        return client;
    }
}
