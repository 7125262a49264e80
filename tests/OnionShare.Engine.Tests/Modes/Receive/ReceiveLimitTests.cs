using System.Net;
using System.Text;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class ReceiveLimitTests
{
    public static TheoryData<string, HttpStatusCode, string> Refusals => new()
    {
        { "file", HttpStatusCode.RequestEntityTooLarge, "A file may have 1.0 KiB at most here." },
        { "submission", HttpStatusCode.RequestEntityTooLarge, "What is sent at once may have 1.0 KiB at most here." },
        { "total", HttpStatusCode.InsufficientStorage, "There is no room left for what you send." },
        { "free", HttpStatusCode.InsufficientStorage, "There is no room left for what you send." },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task More_than_a_limit_is_refused_while_it_is_read_and_leaves_nothing(string limit, HttpStatusCode status, string message)
    {
        await using var inbox = await Inboxed.StartAsync(request => With(request, limit), freeSpace: limit == "free" ? () => 4096 : null);
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "first.txt", "short"), ("file[]", "a.bin", new string('x', 1020)), ("file[]", "b.bin", new string('x', 9000))));

        Assert.Equal(status, answer.StatusCode);
        Assert.StartsWith(message, await FormUploadTests.FlashAsync(answer, "error_flashes"), StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);
        Assert.Equal(TransferState.Failed, (await inbox.OnlyEndedAsync()).State);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_just_fits_is_taken(string limit, HttpStatusCode status, string message)
    {
        Assert.NotEqual(HttpStatusCode.OK, status);
        Assert.NotEmpty(message);
        await using var inbox = await Inboxed.StartAsync(request => With(request, limit), freeSpace: limit == "free" ? () => 4096 : null);
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.bin", new string('x', 1024))));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["a.bin"], inbox.Files);
    }

    [Fact]
    public async Task A_long_upload_is_refused_at_its_head_and_the_page_that_says_so_gets_through()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxSubmissionSize = 1024 });
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.bin", new string('x', 8 << 20))), "/upload");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("1.0 KiB at most", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(inbox.Transfers);
    }

    [Fact]
    public async Task Limits_are_shown_on_the_page()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxFileSize = 2048, MaxSubmissionSize = 1 << 20, MaxConcurrent = 3 });
        var page = await inbox.Client.GetStringAsync("/", Cancel);

        Assert.Contains("2.0 KiB a file", page, StringComparison.Ordinal);
        Assert.Contains("1.0 MiB at once", page, StringComparison.Ordinal);
        Assert.Contains("3 senders at a time", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_senders_than_allowed_are_asked_to_wait_and_taken_later()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxConcurrent = 1 });
        await using var slow = await SlowUpload.BeginAsync(inbox, "slow.bin", new byte[1000], total: 2000);
        var refused = await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);

        await slow.FinishAsync(new byte[1000]);
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x")))).StatusCode);
        Assert.Equal(["a.txt", "slow.bin"], inbox.Files);
    }

    [Fact]
    public async Task Files_are_refused_where_only_messages_are_taken_and_leave_no_byte_and_no_folder()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { NoFiles = true });
        foreach (var form in new[]
        {
            Inboxed.Form(("file[]", "a.txt", "x")),
            Inboxed.Form(("file[]", "empty.txt", "")),
            Inboxed.Form(("text", null, "hello"), ("file[]", "a.txt", "x")),
            Inboxed.Form(("other", "a.txt", "x")),
        })
        {
            var answer = await inbox.PostAsync(form);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains("messages only", await FormUploadTests.FlashAsync(answer, "error_flashes"), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
        Assert.DoesNotContain("type=\"file\"", await inbox.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_refused_where_only_files_are_taken()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { NoText = true });
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x"), ("text", null, "hello")));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
    }

    [Theory]
    [InlineData('x')]
    [InlineData('é')]
    [InlineData('日')]
    public async Task A_message_of_524288_characters_is_taken_and_one_more_is_not(char character)
    {
        await using var inbox = await Inboxed.StartAsync();
        var text = new string(character, 524_288);
        var refused = await inbox.PostAsync(Inboxed.Form(("text", null, text + character)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains("524,288 characters", await FormUploadTests.FlashAsync(refused, "error_flashes"), StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);

        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("text", null, text)))).StatusCode);
        Assert.Equal(text, await File.ReadAllTextAsync(inbox.AllFiles.Single(), Encoding.UTF8, Cancel));
    }

    [Fact]
    public async Task Line_breaks_of_a_message_count_once_as_in_a_browser()
    {
        await using var inbox = await Inboxed.StartAsync();
        var text = string.Concat(Enumerable.Repeat("\r\n", 524_288));
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("text", null, text)))).StatusCode);
    }

    [Fact]
    public async Task A_disk_that_fills_at_half_refuses_that_upload_and_the_others_go_on()
    {
        var free = 10L << 20;
        await using var inbox = await Inboxed.StartAsync(
            request => request with { MinFreeSpace = 1 << 20 }, freeSpace: () => Interlocked.Read(ref free));
        await using var slow = await SlowUpload.BeginAsync(inbox, "slow.bin", new byte[1000], total: 6 << 20);
        Interlocked.Exchange(ref free, 1 << 19);
        var answer = await slow.FinishAsync(new byte[(6 << 20) - 1000]);
        Assert.Contains("507", answer, StringComparison.Ordinal);
        Assert.Contains("There is no room left", answer, StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);

        Interlocked.Exchange(ref free, 10L << 20);
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("file[]", "small.txt", "x")))).StatusCode);
        Assert.Equal(["small.txt"], inbox.Files);
    }

    [Fact]
    public async Task Fields_that_nobody_asked_for_are_not_read_without_an_end()
    {
        await using var inbox = await Inboxed.StartAsync();
        var some = await inbox.PostAsync(Inboxed.Form(("x", null, new string('x', 30_000)), ("file[]", "a.txt", "a"), ("y", null, new string('y', 30_000))));
        Assert.Equal(HttpStatusCode.OK, some.StatusCode);
        var many = await inbox.PostAsync(Inboxed.Form(("x", null, new string('x', 40_000)), ("file[]", "b.txt", "b"), ("y", null, new string('y', 40_000))));
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        Assert.Equal(["a.txt"], inbox.Files);
    }

    [Theory]
    [InlineData(true, 1L)]
    [InlineData(false, 0L)]
    [InlineData(false, -1L)]
    public async Task A_request_that_makes_no_sense_is_refused(bool takesNothing, long maxFileSize)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Inboxed.StartAsync(
            request => request with { NoFiles = takesNothing, NoText = takesNothing, MaxFileSize = maxFileSize }));
        Assert.Equal(ProblemCodes.InvalidRequest, refused.Problem.Code);
        Assert.NotNull(refused.Problem.Advice);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_to_is_told_before_anything_is_published()
    {
        using var root = new TemporaryFile();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Inboxed.StartAsync(
            request => request with { Path = Path.Combine(root.Path, "below-a-file") }));
        Assert.Equal(ProblemCodes.PathNotWritable, refused.Problem.Code);
        Assert.Contains("below-a-file", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(refused.Problem.Advice);
    }

    private static ReceiveRequest With(ReceiveRequest request, string limit) => limit switch
    {
        "file" => request with { MaxFileSize = 1024 },
        "submission" => request with { MaxSubmissionSize = 1024 },
        "total" => request with { MaxTotalSize = 8192 },
        _ => request,
    };

    private sealed class TemporaryFile : IDisposable
    {
        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
