using System.Net;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class FormUploadTests
{
    [Fact]
    public async Task Files_and_a_message_of_one_form_land_in_one_folder_by_date_and_time()
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "one"), ("file[]", "b.txt", "two"), ("text", null, "hello")));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Message submitted, uploaded a.txt, b.txt", await FlashAsync(answer, "info_flashes"));
        Assert.Equal(["a.txt", "b.txt", "message.txt"], inbox.Files);
        var folder = Assert.Single(inbox.AllFiles.Select(file => Path.GetDirectoryName(file)!).Distinct());
        Assert.Matches(@"^\d{4}-\d\d-\d\d[/\\]\d{6}\.\d{6}$", Path.GetRelativePath(inbox.Inbox, folder));
        Assert.Equal("hello", await File.ReadAllTextAsync(Directory.GetFiles(folder, "message-*.txt").Single(), Cancel));
    }

    [Fact]
    public async Task The_form_without_scripts_is_answered_with_a_page_that_thanks()
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "one")), "/upload");

        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Thank you", page, StringComparison.Ordinal);
        Assert.Contains("a.txt", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_completed_transfer_carries_the_paths_of_what_was_saved()
    {
        await using var inbox = await Inboxed.StartAsync();
        await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "one"), ("text", null, "hello")));

        var transfer = await inbox.OnlyEndedAsync();
        Assert.Equal((TransferDirection.Upload, TransferState.Completed), (transfer.Direction, transfer.State));
        Assert.Equal((8, 8), (transfer.Bytes, transfer.TotalBytes));
        Assert.Equal(inbox.AllFiles.Order(), transfer.Paths.Order());
        Assert.All(transfer.Paths, path => Assert.True(Path.IsPathFullyQualified(path)));
    }

    [Fact]
    public async Task What_was_sent_is_for_this_user_only_and_nothing_can_be_run()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: no file modes on Windows");
            return;
        }

        await using var inbox = await Inboxed.StartAsync();
        await inbox.PostAsync(Inboxed.Form(("file[]", "run.sh", "#!/bin/sh")));

        var file = Assert.Single(inbox.AllFiles);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        const UnixFileMode userOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(userOnly, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public async Task Two_files_of_one_name_in_one_post_are_both_kept()
    {
        await using var inbox = await Inboxed.StartAsync();
        await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "one"), ("file[]", "a.txt", "two"), ("file[]", "A.TXT", "three")));

        Assert.Equal(["A (3).TXT", "a (2).txt", "a.txt"], inbox.Files);
        Assert.Equal(["one", "three", "two"], inbox.AllFiles.Select(File.ReadAllText).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_and_the_partial_name_of_another_do_not_meet()
    {
        await using var inbox = await Inboxed.StartAsync();
        await inbox.PostAsync(Inboxed.Form(("file[]", "a.part", "one"), ("file[]", "a", "two")));

        Assert.Equal(["a", "a.part"], inbox.Files);
        Assert.Equal("one", await File.ReadAllTextAsync(inbox.AllFiles.Single(file => file.EndsWith(".part", StringComparison.Ordinal)), Cancel));
    }

    [Fact]
    public async Task An_empty_file_is_kept_and_an_empty_field_is_not()
    {
        await using var inbox = await Inboxed.StartAsync();
        await inbox.PostAsync(Inboxed.Form(("file[]", "empty.txt", ""), ("file[]", "", ""), ("text", null, "")));

        Assert.Equal(["empty.txt"], inbox.Files);
    }

    [Theory]
    [InlineData("/upload-ajax")]
    [InlineData("/upload")]
    public async Task Nothing_submitted_is_said_and_makes_no_folder(string path)
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "", ""), ("text", null, "")), path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Nothing was submitted.", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);
        Assert.Empty(inbox.Transfers);
    }

    [Theory]
    [InlineData("text/plain", "hello")]
    [InlineData("multipart/form-data", "hello")]
    [InlineData("multipart/form-data; boundary=x", "no boundary in here")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nvalue\r\n--x 11111111112222222222333333333344444444445555555555666666666677777777778888888888999999999900000000001\r\n\r\n1\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file[]\"; filename=\"a\"\r\n\r\nvalue\r\n--x 11111111112222222222333333333344444444445555555555666666666677777777778888888888999999999900000000001\r\n\r\n1\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file[]\"; filename=\"a\"\r\n\r\ncut off")]
    public async Task What_is_no_form_is_refused_in_words(string type, string body)
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { DiscardPartial = true });
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var answer = await inbox.PostAsync(content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("What was sent", await FlashAsync(answer, "error_flashes"), StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);
    }

    [Fact]
    public async Task Nothing_is_written_before_the_password_has_passed()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { Public = false, Password = "right", GuessLimit = 0 });
        inbox.Client.DefaultRequestHeaders.Authorization = null;
        foreach (var path in new[] { "/upload", "/upload-ajax", "/files", "/submissions" })
        {
            var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "one")), path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.Empty(Directory.GetFileSystemEntries(inbox.Inbox));
        Assert.Empty(inbox.Transfers);
    }

    [Fact]
    public async Task A_thousand_submissions_at_once_are_all_taken_and_none_is_mixed()
    {
        await using var inbox = await Inboxed.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async number =>
        {
            using var answer = await inbox.PostAsync(Inboxed.Form(
                ("file[]", "name.txt", $"file {number}"), ("file[]", $"{number}.txt", "x"), ("text", null, $"text {number}")));
            return answer.StatusCode;
        }));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        var folders = Directory.GetDirectories(inbox.Inbox).SelectMany(Directory.GetDirectories).ToArray();
        Assert.Equal(1000, folders.Length);
        var numbers = folders.Select(folder =>
        {
            var number = File.ReadAllText(Path.Combine(folder, "name.txt"))["file ".Length..];
            Assert.Equal($"text {number}", File.ReadAllText(Directory.GetFiles(folder, "message-*.txt").Single()));
            Assert.Equal(3, Directory.GetFiles(folder).Length);
            Assert.True(File.Exists(Path.Combine(folder, $"{number}.txt")));
            return int.Parse(number, System.Globalization.CultureInfo.InvariantCulture);
        });
        Assert.Equal(Enumerable.Range(0, 1000), numbers.Order());
    }

    [Fact]
    public async Task While_the_service_stops_nothing_new_is_taken_and_what_is_under_way_is_finished()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "slow.bin", new byte[1000], total: 2000);
        inbox.Service.Stop(StopReason.Requested);
        await Until.TrueAsync(() => inbox.Service.Context.IsDraining);
        var refused = await inbox.PostAsync(Inboxed.Form(("file[]", "late.txt", "x")));
        var answer = await slow.FinishAsync(new byte[1000]);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("about to stop", await FlashAsync(refused, "error_flashes"), StringComparison.Ordinal);
        Assert.Contains("200 OK", answer, StringComparison.Ordinal);
        Assert.Equal(["slow.bin"], inbox.Files);
        await inbox.Service.Ended.WaitAsync(Until.Limit, Cancel);
    }

    internal static async Task<string> FlashAsync(HttpResponseMessage answer, string kind)
    {
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
        return json.RootElement.GetProperty(kind)[0].GetString()!;
    }
}
