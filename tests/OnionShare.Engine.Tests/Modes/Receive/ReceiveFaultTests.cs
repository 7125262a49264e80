using System.Globalization;
using System.Net;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Receive;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class ReceiveFaultTests
{
    [Theory]
    [InlineData("text=hello", "hello")]
    [InlineData("a=1&text=h%C3%A4+l%26o%0D%0A%&b=2", "hä l&o\r\n%")]
    [InlineData("textual=no&text=yes&text=late", "yes")]
    public async Task A_message_is_taken_from_a_form_without_files_as_curl_d_sends_it(string body, string message)
    {
        await using var inbox = await Inboxed.StartAsync();
        var answer = await inbox.PostAsync(new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded"), "/upload");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(message, await File.ReadAllTextAsync(inbox.AllFiles.Single(), Cancel));
    }

    [Fact]
    public async Task A_form_without_files_has_the_limits_of_one_with_files()
    {
        await using var inbox = await Inboxed.StartAsync();
        var form = (string text) => new StringContent(text, Encoding.ASCII, "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.BadRequest, (await inbox.PostAsync(form("text="))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await inbox.PostAsync(form("other=" + new string('x', 70_000)))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await inbox.PostAsync(form("text=" + string.Concat(Enumerable.Repeat("%41", 524_289))))).StatusCode);
        Assert.Empty(inbox.Everything);
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(form("text=" + string.Concat(Enumerable.Repeat("%41", 524_288))))).StatusCode);
    }

    [Fact]
    public async Task The_address_of_the_answer_leads_back_to_the_page()
    {
        await using var inbox = await Inboxed.StartAsync();
        Assert.Contains("<form", await inbox.Client.GetStringAsync("/upload", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_called_as_the_day_does_not_keep_the_days_uploads_out()
    {
        await using var inbox = await Inboxed.StartAsync();
        string[] days = [.. new[] { 0, 1 }.Select(days => DateTime.Now.AddDays(days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
        foreach (var day in days) await File.WriteAllTextAsync(Path.Combine(inbox.Inbox, day), "mine", Cancel);
        var answer = await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x")));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(" (2)", inbox.AllFiles.Single(file => file.EndsWith("a.txt", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.All(days, day => Assert.Equal("mine", File.ReadAllText(Path.Combine(inbox.Inbox, day))));
    }

    [Fact]
    public async Task An_upload_whose_folder_is_removed_fails_with_the_reason_and_the_service_can_be_stopped()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxTotalSize = 8192 });
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[5000], total: 6000);
        foreach (var day in Directory.GetDirectories(inbox.Inbox, "20*")) Directory.Delete(day, recursive: true);
        var answer = await slow.FinishAsync(new byte[1000]);
        var transfer = await inbox.OnlyEndedAsync();

        Assert.Contains("500", answer, StringComparison.Ordinal);
        Assert.Equal(TransferState.Failed, transfer.State);
        Assert.StartsWith("The disk did not take it", transfer.Error, StringComparison.Ordinal);
        Assert.Empty(inbox.AllFiles);
        // What it counted was given back.
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("file[]", "a.bin", new string('x', 8000))))).StatusCode);
        inbox.Service.Stop(StopReason.Requested);
        await inbox.Service.Ended.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task An_inbox_that_is_gone_is_named_to_the_owner()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[1000], total: 2000);
        Directory.Delete(inbox.Inbox, recursive: true);
        Assert.Contains("500", await slow.FinishAsync(new byte[1000]), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, (await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x")))).StatusCode);

        Assert.Contains($"the folder '{inbox.Inbox}' is not there any more", (await inbox.OnlyEndedAsync()).Error, StringComparison.Ordinal);
        Assert.All(inbox.Service.Context.Warnings, warning => Assert.Contains($"the folder '{inbox.Inbox}' is not there any more. Make it again", warning, StringComparison.Ordinal));
        Assert.Equal(2, inbox.Service.Context.Warnings.Count);
    }

    [Fact]
    public async Task An_inbox_without_room_says_so_at_its_start_and_at_a_refusal()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MinFreeSpace = 1 << 30 }, freeSpace: () => 1 << 29);
        var warning = Assert.Single(inbox.Service.Context.Warnings);
        Assert.Contains("has 512.0 MiB free, and 1.0 GiB are to stay free", warning, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await inbox.PostAsync(Inboxed.Form(("file[]", "empty.txt", "")))).StatusCode);

        Assert.StartsWith("A submission was refused: the disk of", inbox.Service.Context.Warnings[^1], StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);
    }

    [Fact]
    public async Task Empty_files_count_and_what_is_used_up_is_told()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxTotalSize = 5 * 4096 });
        var files = Enumerable.Range(0, 6).Select(number => ("file[]", (string?)$"{number}.txt", "")).ToArray();
        Assert.Equal(HttpStatusCode.InsufficientStorage, (await inbox.PostAsync(Inboxed.Form(files))).StatusCode);
        Assert.Empty(inbox.Everything);
        Assert.Contains("Allow more: Set-OnionService -MaxTotalSize.", inbox.Service.Context.Warnings.Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(files[..5]))).StatusCode);
    }

    [Fact]
    public async Task Files_of_a_submission_are_counted_and_the_page_tells_how_many_may_be_sent()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxFiles = 2 });
        var refused = await inbox.PostAsync(Inboxed.Form(("file[]", "1.txt", ""), ("file[]", "2.txt", "x"), ("file[]", "3.txt", "x")));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.StartsWith("2 files at once are taken here at most.", await FormUploadTests.FlashAsync(refused, "error_flashes"), StringComparison.Ordinal);
        Assert.Empty(inbox.Everything);

        Assert.Contains("2 files at once", await inbox.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("file[]", "1.txt", ""), ("file[]", "2.txt", "x"), ("text", null, "x")))).StatusCode);
    }

    [Fact]
    public async Task Fields_without_content_are_counted_too()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxFiles = 2 });
        var fields = Enumerable.Repeat(("file[]", (string?)"", ""), 200).ToArray();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await inbox.PostAsync(Inboxed.Form(fields))).StatusCode);
    }

    [Fact]
    public async Task A_second_message_in_one_form_is_refused_as_in_pieces()
    {
        await using var inbox = await Inboxed.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await inbox.PostAsync(Inboxed.Form(("text", null, "one"), ("text", null, "two")))).StatusCode);
        Assert.Empty(inbox.Everything);
    }

    [Fact]
    public async Task Messages_can_be_moved_into_one_folder()
    {
        await using var inbox = await Inboxed.StartAsync();
        for (var number = 0; number < 3; number++) await inbox.PostAsync(Inboxed.Form(("text", null, "hello")));
        Assert.Equal(["message.txt", "message.txt", "message.txt"], inbox.Files);
        Assert.Equal(3, inbox.AllFiles.Select(Path.GetFileName).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public async Task A_file_that_somebody_has_put_there_meanwhile_is_not_overwritten()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "a.tar.gz", new byte[1000], total: 2000);
        var mine = inbox.AllFiles.Single().Replace(".part", "", StringComparison.Ordinal);
        await File.WriteAllTextAsync(mine, "mine", Cancel);
        Assert.Contains("200 OK", await slow.FinishAsync(new byte[1000]), StringComparison.Ordinal);

        Assert.Equal(["a (2).tar.gz", "a.tar.gz"], inbox.Files);
        Assert.Equal("mine", await File.ReadAllTextAsync(mine, Cancel));
        Assert.EndsWith("a (2).tar.gz", (await inbox.OnlyEndedAsync()).Paths.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_services_with_one_inbox_and_one_moment_have_a_folder_each()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            var still = new ManualTime();
            Inbox[] both = [new(root, still), new(root, still)];
            var folders = Enumerable.Range(0, 20).Select(n => both[n % 2].NewSubmission().FullPath).ToList();
            Assert.Distinct(folders);
            Assert.All(folders, folder => Assert.True(Directory.Exists(folder)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Folders_the_owner_has_emptied_go_and_no_others()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            var inbox = new Inbox(root, new ClockAhead(TimeSpan.FromMinutes(2)));
            SubmissionFolder emptied = inbox.NewSubmission(), full = inbox.NewSubmission(), inUse = inbox.NewSubmission();
            var own = Directory.CreateDirectory(Path.Combine(root, "own", "empty")).FullName;
            File.WriteAllText(full.PathOf("a.txt"), "x");
            inbox.Leave(emptied);
            inbox.Leave(full);
            inbox.RemoveEmptied();
            Assert.Equal([false, true, true, true], [.. new[] { emptied.FullPath, full.FullPath, inUse.FullPath, own }.Select(Directory.Exists)]);

            inbox.Leave(inUse);
            File.Delete(full.PathOf("a.txt"));
            inbox.RemoveEmptied();
            inbox.RemoveEmptied();
            Assert.Equal(["own"], Directory.GetFileSystemEntries(root).Select(Path.GetFileName));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Partial_files_of_forms_that_a_killed_engine_left_are_removed_where_they_are_not_wanted()
    {
        var root = Directory.CreateTempSubdirectory("onionshare-receive-").FullName;
        try
        {
            var hidden = Directory.CreateDirectory(Path.Combine(root, "inbox", ".uploads")).FullName;
            var left = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "inbox", "2026-01-01", "000000.000000")).FullName, "a.bin.part");
            var underWay = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "inbox", "2026-01-01", "000000.000001")).FullName, "b.bin.part");
            var outside = Path.Combine(root, "c.part");
            foreach (var file in new[] { left, underWay, outside }) await File.WriteAllTextAsync(file, "x", Cancel);
            await File.WriteAllTextAsync(Path.Combine(hidden, "1.form"), $"{left}\n{outside}\n", Cancel);
            await File.WriteAllTextAsync(Path.Combine(hidden, "2.form"), underWay + "\n", Cancel);
            using var other = new FileStream(Path.Combine(hidden, "2.form"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            await using var inbox = await Inboxed.StartAsync(request => request with { DiscardPartial = true }, root);
            await using var slow = await SlowUpload.BeginAsync(inbox, "d.bin", new byte[1000], total: 2000);

            Assert.Equal(["b.bin.part", "d.bin.part"], inbox.Files);
            Assert.True(File.Exists(outside));
            Assert.Equal(2, Directory.GetFiles(hidden, "*.form").Length);
            Assert.Contains("200 OK", await slow.FinishAsync(new byte[1000]), StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(hidden, "*.form"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
