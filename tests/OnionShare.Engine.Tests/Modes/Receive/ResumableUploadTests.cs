using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Receive.Tus;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class ResumableUploadTests
{
    [Fact]
    public async Task The_service_says_what_it_speaks()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxFileSize = 1000 });
        var answer = await TusAsync(inbox, HttpMethod.Options, "/files", version: false);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("1.0.0", Header(answer, "Tus-Version"));
        Assert.Equal("creation,creation-with-upload,checksum,checksum-trailer,termination,expiration", Header(answer, "Tus-Extension"));
        Assert.Equal("sha1,sha256,sha512", Header(answer, "Tus-Checksum-Algorithm"));
        Assert.Equal("1000", Header(answer, "Tus-Max-Size"));
    }

    [Fact]
    public async Task A_file_sent_in_pieces_is_one_submission()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 6);
        Assert.Equal("0", Header(await HeadAsync(inbox, path), "Upload-Offset"));
        var first = await PatchAsync(inbox, path, 0, "abc");
        Assert.Equal((HttpStatusCode.NoContent, "3"), (first.StatusCode, Header(first, "Upload-Offset")));
        Assert.NotNull(Header(first, "Upload-Expires"));
        Assert.Equal(["a.txt.part"], inbox.Files);
        var head = await HeadAsync(inbox, path);
        Assert.Equal(("3", "6"), (Header(head, "Upload-Offset"), Header(head, "Upload-Length")));
        Assert.Equal("no-store", head.Headers.CacheControl?.ToString());
        var last = await PatchAsync(inbox, path, 3, "def");

        Assert.Equal("6", Header(last, "Upload-Offset"));
        Assert.Equal("abcdef", await File.ReadAllTextAsync(inbox.AllFiles.Single(), Cancel));
        Assert.Equal(["a.txt"], inbox.Files);
        var transfer = await inbox.OnlyEndedAsync();
        Assert.Equal((TransferState.Completed, 6L), (transfer.State, transfer.Bytes));
        Assert.Equal(inbox.AllFiles, transfer.Paths);
        Assert.Equal("6", Header(await HeadAsync(inbox, path), "Upload-Offset"));
    }

    [Fact]
    public async Task Several_files_and_a_message_end_in_one_folder_and_one_transfer()
    {
        await using var inbox = await Inboxed.StartAsync();
        var submission = await BeginAsync(inbox);
        var a = await CreateAsync(inbox, "same.txt", 1, submission);
        var b = await CreateAsync(inbox, "same.txt", 2, submission);
        var text = await CreateAsync(inbox, "", 5, submission, "text");
        await PatchAsync(inbox, b, 0, "bb");
        await PatchAsync(inbox, a, 0, "a");
        var early = await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        await PatchAsync(inbox, text, 0, "hello");
        var finished = await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission);
        var again = await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission);

        Assert.Equal(HttpStatusCode.OK, finished.StatusCode);
        Assert.StartsWith("Message submitted, uploaded same", await FormUploadTests.FlashAsync(finished, "info_flashes"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(["message.txt", "same (2).txt", "same.txt"], inbox.Files);
        Assert.Single(inbox.AllFiles.Select(file => Path.GetDirectoryName(file)).Distinct());
        Assert.Equal(3, (await inbox.OnlyEndedAsync()).Paths.Count);
        Assert.Single(inbox.Transfers);
    }

    [Fact]
    public async Task An_upload_goes_on_after_the_service_was_started_anew()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            string path, submission, done;
            await using (var before = await Inboxed.StartAsync(root: root))
            {
                submission = await BeginAsync(before);
                done = await CreateAsync(before, "done.txt", 4, submission);
                await PatchAsync(before, done, 0, "done");
                path = await CreateAsync(before, "a.txt", 6, submission);
                await PatchAsync(before, path, 0, "abc");
                Assert.Equal(["a.txt.part", "done.txt"], before.Files);
            }

            await using var after = await Inboxed.StartAsync(root: root);
            Assert.Equal("4", Header(await HeadAsync(after, done), "Upload-Offset"));
            Assert.Equal("3", Header(await HeadAsync(after, path), "Upload-Offset"));
            await PatchAsync(after, path, 3, "def");
            var finished = await TusAsync(after, HttpMethod.Post, "/submissions/" + submission);

            Assert.Equal(HttpStatusCode.OK, finished.StatusCode);
            Assert.Equal(["a.txt", "done.txt"], after.Files);
            Assert.Single(after.AllFiles.Select(file => Path.GetDirectoryName(file)).Distinct());
            Assert.Equal("abcdef", await File.ReadAllTextAsync(after.AllFiles.Single(file => file.EndsWith("a.txt", StringComparison.Ordinal)), Cancel));
            var transfer = await after.OnlyEndedAsync();
            Assert.Equal((7L, 3L, 2), (transfer.Offset, transfer.Bytes, transfer.Paths.Count));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Nothing_of_the_state_is_left_when_all_was_finished()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            await using (var inbox = await Inboxed.StartAsync(root: root)) await PatchAsync(inbox, await CreateAsync(inbox, "a.txt", 1), 0, "a");
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(root, "inbox"), ".*"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task The_state_is_for_this_user_only()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: no file modes on Windows");
            return;
        }

        await using var inbox = await Inboxed.StartAsync();
        await PatchAsync(inbox, await CreateAsync(inbox, "a.txt", 2), 0, "a");
        var folder = Path.Combine(inbox.Inbox, ".uploads");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(folder).Single()));
    }

    [Fact]
    public async Task A_cut_piece_is_kept_as_far_as_it_came()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.bin", 100_000);
        using (var client = new System.Net.Sockets.TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", inbox.Port, Cancel);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{inbox.Port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
                + "Content-Type: application/offset+octet-stream\r\nContent-Length: 100000\r\n\r\n"), Cancel);
            await client.GetStream().WriteAsync(new byte[40_000], Cancel);
            await Until.TrueAsync(() => inbox.Transfers is [{ Bytes: 40_000 }]);
            client.Client.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }

        string? offset = null;
        for (var tries = 0; offset != "40000" && tries < 200; tries++) offset = Header(await HeadAsync(inbox, path), "Upload-Offset");
        Assert.Equal("40000", offset);
        var rest = await PatchAsync(inbox, path, 40_000, new string('x', 60_000));
        Assert.Equal(HttpStatusCode.NoContent, rest.StatusCode);
        Assert.Equal(["a.bin"], inbox.Files);
    }

    [Fact]
    public async Task A_new_piece_takes_over_from_a_connection_that_hangs()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.bin", 10);
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", inbox.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{inbox.Port}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            + "Content-Type: application/offset+octet-stream\r\nContent-Length: 10\r\n\r\nabcd"), Cancel);
        await Until.TrueAsync(() => inbox.Transfers is [{ Bytes: 4 }]);
        Assert.Equal(HttpStatusCode.Conflict, (await PatchAsync(inbox, path, 0, "x")).StatusCode);

        Assert.Equal("4", Header(await HeadAsync(inbox, path), "Upload-Offset"));
        Assert.Equal(HttpStatusCode.NoContent, (await PatchAsync(inbox, path, 4, "efghij")).StatusCode);
        Assert.Equal("abcdefghij", await File.ReadAllTextAsync(inbox.AllFiles.Single(), Cancel));
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    [InlineData("sha512")]
    public async Task A_piece_with_a_wrong_checksum_is_thrown_away_and_a_right_one_taken(string algorithm)
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 6);
        await PatchAsync(inbox, path, 0, "abc");
        var wrong = await PatchAsync(inbox, path, 3, "xyz", ("Upload-Checksum", Checksum(algorithm, "def")));
        Assert.Equal(460, (int)wrong.StatusCode);
        Assert.Equal("3", Header(await HeadAsync(inbox, path), "Upload-Offset"));
        Assert.Equal(["a.txt.part"], inbox.Files);

        var right = await PatchAsync(inbox, path, 3, "def", ("Upload-Checksum", Checksum(algorithm, "def")));
        Assert.Equal(HttpStatusCode.NoContent, right.StatusCode);
        Assert.Equal("abcdef", await File.ReadAllTextAsync(inbox.AllFiles.Single(), Cancel));
    }

    [Theory]
    [InlineData("crc32 AAAAAA==")]
    [InlineData("sha1")]
    [InlineData("sha1 AAAA")]
    [InlineData("sha1 !!!")]
    public async Task A_checksum_that_can_not_be_checked_is_refused(string checksum)
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 3);
        Assert.Equal(HttpStatusCode.BadRequest, (await PatchAsync(inbox, path, 0, "abc", ("Upload-Checksum", checksum))).StatusCode);
        Assert.Empty(inbox.AllFiles);
    }

    [Fact]
    public async Task An_upload_taken_back_leaves_nothing()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 6);
        await PatchAsync(inbox, path, 0, "abc");
        Assert.Equal(HttpStatusCode.NoContent, (await TusAsync(inbox, HttpMethod.Delete, path)).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(inbox, path)).StatusCode);
        Assert.Empty(inbox.Everything);
        Assert.Equal(TransferState.Cancelled, (await inbox.OnlyEndedAsync()).State);
    }

    [Fact]
    public async Task A_first_piece_can_come_with_the_creation()
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await TusAsync(inbox, HttpMethod.Post, "/files", body: "abc", headers: [("Upload-Length", "6"), ("Upload-Metadata", Metadata("a.txt"))]);
        Assert.Equal((HttpStatusCode.Created, "3"), (answer.StatusCode, Header(answer, "Upload-Offset")));
        await PatchAsync(inbox, answer.Headers.Location!.ToString(), 3, "def");
        Assert.Equal(["a.txt"], inbox.Files);
    }

    [Fact]
    public async Task An_empty_file_is_whole_at_once()
    {
        await using var inbox = await Inboxed.StartAsync();
        await CreateAsync(inbox, "empty.txt", 0);
        Assert.Equal(["empty.txt"], inbox.Files);
    }

    [Fact]
    public async Task Methods_can_be_named_in_a_header_where_only_post_gets_through()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 3);
        var answer = await TusAsync(inbox, HttpMethod.Post, path, body: "abc", headers: [("Upload-Offset", "0"), ("X-HTTP-Method-Override", "PATCH")]);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(["a.txt"], inbox.Files);
    }

    [Fact]
    public async Task Another_version_of_the_protocol_is_refused()
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await TusAsync(inbox, HttpMethod.Post, "/files", version: false, headers: [("Upload-Length", "6")]);
        Assert.Equal((HttpStatusCode.PreconditionFailed, "1.0.0"), (answer.StatusCode, Header(answer, "Tus-Version")));
    }

    [Theory]
    [InlineData("Upload-Concat", "partial")]
    [InlineData("Upload-Defer-Length", "1")]
    public async Task An_extension_that_is_not_announced_is_refused_by_its_name(string header, string value)
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await TusAsync(inbox, HttpMethod.Post, "/files", headers: [(header, value)]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(header, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("-1", "")]
    [InlineData("x", "")]
    [InlineData("99999999999999999999", "")]
    [InlineData("1", "filename !!!")]
    [InlineData("1", "filename YQ==,filename YQ==")]
    public async Task A_malformed_creation_is_refused(string? length, string metadata)
    {
        await using var inbox = await Inboxed.StartAsync();
        (string, string)[] headers = length is null ? [("Upload-Metadata", metadata)] : [("Upload-Length", length), ("Upload-Metadata", metadata)];
        Assert.Equal(HttpStatusCode.BadRequest, (await TusAsync(inbox, HttpMethod.Post, "/files", headers: headers)).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
    }

    [Theory]
    [InlineData("/files/0123456789abcdef0123456789abcdef/0")]
    [InlineData("/files/..%2f..%2fetc/0")]
    [InlineData("/files/ABCDEF/0")]
    public async Task An_upload_that_is_not_there_is_not_found(string path)
    {
        await using var inbox = await Inboxed.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await HeadAsync(inbox, path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(inbox, path, 0, "abc")).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
    }

    [Fact]
    public async Task A_piece_longer_than_the_file_or_of_another_type_is_refused()
    {
        await using var inbox = await Inboxed.StartAsync();
        var path = await CreateAsync(inbox, "a.txt", 3);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PatchAsync(inbox, path, 0, "abcd")).StatusCode);
        using var other = new HttpRequestMessage(HttpMethod.Patch, path) { Content = new StringContent("abc") };
        other.Headers.Add("Tus-Resumable", "1.0.0");
        other.Headers.Add("Upload-Offset", "0");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await inbox.Client.SendAsync(other, Cancel)).StatusCode);
        Assert.Empty(inbox.AllFiles);
    }

    [Fact]
    public async Task Limits_hold_for_pieces_too()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxFileSize = 10, MaxSubmissionSize = 15, MaxTotalSize = 8192 });
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await TryCreateAsync(inbox, "a", 11)).StatusCode);
        var submission = await BeginAsync(inbox);
        await PatchAsync(inbox, await CreateAsync(inbox, "a", 10, submission), 0, "0123456789");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await TryCreateAsync(inbox, "b", 6, submission)).StatusCode);
        await PatchAsync(inbox, await CreateAsync(inbox, "c", 8), 0, "01234567");
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await TryCreateAsync(inbox, "d", 3)).StatusCode);
        Assert.Equal(["a", "c"], inbox.Files);
    }

    [Fact]
    public async Task Files_are_refused_where_only_messages_are_taken()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { NoFiles = true });
        Assert.Equal(HttpStatusCode.Forbidden, (await TryCreateAsync(inbox, "a.txt", 3)).StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_not_taken_in_pieces_either()
    {
        await using var inbox = await Inboxed.StartAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await TryCreateAsync(inbox, "", 3 * 524_288 + 1, kind: "text")).StatusCode);
        var path = await CreateAsync(inbox, "", 524_289, kind: "text");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await PatchAsync(inbox, path, 0, new string('x', 524_289))).StatusCode);
        Assert.DoesNotContain("message.txt", inbox.Files);
    }
}
