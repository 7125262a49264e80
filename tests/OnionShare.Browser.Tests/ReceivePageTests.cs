using Microsoft.Playwright;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Browser.Tests;

public sealed class ReceivePageTests(BrowserFixture browser)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_and_a_message_arrive_in_one_folder_with_scripts_and_without(bool scripts)
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, JavaScriptEnabled = scripts });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync([Of("a.txt", 10), Of("grüße.bin", 3 << 20), Of("日本語の資料.pdf", 20), Of("ملاحظات.txt", 30)]);
        await page.GetByLabel("Message").FillAsync("hello\nworld");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync();

        var inbox = Path.Combine(service.Folder, "inbox");
        var files = Directory.GetFiles(inbox, "*", SearchOption.AllDirectories).Where(file => !file.Contains(".uploads", StringComparison.Ordinal)).ToArray();
        Assert.Equal(["a.txt", "grüße.bin", "message.txt", "ملاحظات.txt", "日本語の資料.pdf"], files.Select(NameOf).Order(StringComparer.Ordinal));
        Assert.Single(files.Select(file => Path.GetDirectoryName(file)).Distinct());
        Assert.Equal(3 << 20, new FileInfo(files.Single(file => file.EndsWith(".bin", StringComparison.Ordinal))).Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_receipt_shows_the_hash_of_each_with_scripts_and_without(bool scripts)
    {
        await using var service = await StartAsync(receipt: true);
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, JavaScriptEnabled = scripts });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        var file = Of("grüße.bin", 3 << 20);
        await page.GetByLabel("Files").First.SetInputFilesAsync([file]);
        await page.GetByLabel("Message").FillAsync("hello");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByText("This is your receipt").WaitForAsync();
        var told = string.Join('\n', await page.Locator("li.file").AllInnerTextsAsync());
        foreach (var content in new[] { file.Buffer, "hello"u8.ToArray() })
            Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)), told, StringComparison.Ordinal);
        Assert.Contains("grüße.bin", told, StringComparison.Ordinal);
        if (scripts) await Accessibility.AssertAsync(page);
        await Screenshots.TakeAsync(page, scripts ? "receipt" : "receipt-plain");
    }

    [Fact]
    public async Task An_upload_goes_on_by_itself_after_the_connection_was_lost()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        var pieces = 0;
        await page.RouteAsync("**/files/**", async route =>
        {
            if (route.Request.Method == "PATCH" && Interlocked.Increment(ref pieces) == 2) await route.AbortAsync();
            else await route.ContinueAsync();
        });
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync([Of("big.bin", 5 << 20)]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync();

        Assert.True(pieces > 2);
        var file = Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "big.bin", SearchOption.AllDirectories).Single();
        Assert.Equal(Of("big.bin", 5 << 20).Buffer, await File.ReadAllBytesAsync(file, Cancel));
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_reload_where_it_stopped()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        var source = Path.Combine(service.Folder, "big.bin");
        await File.WriteAllBytesAsync(source, Of("big.bin", 5 << 20).Buffer, Cancel);
        var offsets = new List<string?>();
        var block = true;
        await page.RouteAsync("**/files/**", async route =>
        {
            var isPiece = route.Request.Method == "PATCH";
            if (isPiece) lock (offsets) offsets.Add(route.Request.Headers["upload-offset"]);
            if (isPiece && block && route.Request.Headers["upload-offset"] != "0") await route.AbortAsync();
            else await route.ContinueAsync();
        });
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(source);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByText("Trying again").WaitForAsync();
        await page.ReloadAsync();
        await page.GetByText("An upload was interrupted").WaitForAsync();
        block = false;
        offsets.Clear();
        await page.GetByLabel("Files").First.SetInputFilesAsync(source);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync();

        Assert.NotEqual("0", offsets[0]);
        Assert.Single(Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "big.bin*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_page_is_readable_light_and_dark_and_on_a_phone()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        var complaints = Complaints.About(page, service.Address);
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync([Of("hearing-2026-03-12.pdf", 3_412_000), Of("Fotos vom Hafen.zip", 8_800_000), Of("証言の録音.ogg", 640_000)]);
        await page.GetByLabel("Message").FillAsync("The recording is from the second day. Page 3 of the hearing has the dates you asked for.");

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeHiddenAsync(); // nothing is being sent
        await Layout.AssertReadableAsync(page, "receive");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" })).ToBeFocusedAsync();
        await Assertions.Expect(page.GetByText("3 files and a message arrived, 12.3 MiB in all.")).ToBeVisibleAsync();
        await Layout.AssertReadableAsync(page, "receive-thanks");
        complaints.AssertNone();
    }

    [Fact]
    public async Task Dropped_files_are_sent_with_the_chosen_ones()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync([Of("chosen.bin", 100)]);
        var dropped = await page.EvaluateHandleAsync(
            "() => { const transfer = new DataTransfer(); transfer.items.add(new File(['abc'], 'dropped.txt')); return transfer; }");
        await page.DispatchEventAsync("#send", "drop", new { dataTransfer = dropped });

        await Assertions.Expect(page.GetByRole(AriaRole.List, new() { Name = "Files to send" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(2);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync();
        Assert.Equal(["chosen.bin", "dropped.txt"], Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "*.*", SearchOption.AllDirectories)
            .Where(file => !file.Contains(".uploads", StringComparison.Ordinal)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_is_too_large_is_refused_in_words_and_leaves_nothing(bool scripts)
    {
        await using var service = await StartAsync(maxFileSize: 1 << 20);
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, JavaScriptEnabled = scripts });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        await Assertions.Expect(page.GetByText("1.0 MiB a file")).ToBeVisibleAsync();
        await page.GetByLabel("Files").First.SetInputFilesAsync([Of("large.bin", 3 << 20)]);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

        await Assertions.Expect(page.GetByText(scripts ? "“large.bin” is too large: a file may have 1.0 MiB at most." : "A file may have 1.0 MiB at most here.")).ToBeVisibleAsync();
        if (scripts) await Accessibility.AssertAsync(page);
        Assert.Empty(Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "large.bin", SearchOption.AllDirectories));
    }

    private static Task<RunningService> StartAsync(long? maxFileSize = null, bool receipt = false) => RunningService.StartAsync(
        _ => { }, folder => new ReceiveRequest { Path = Path.Combine(folder, "inbox"), MinFreeSpace = 0, MaxFileSize = maxFileSize, Receipt = receipt, Title = "Leave it here" });

    // A message has its moment in its name.
    private static string NameOf(string file) => Path.GetFileName(file) is var name && name.StartsWith("message-", StringComparison.Ordinal) ? "message.txt" : name;

    private static FilePayload Of(string name, int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return new FilePayload { Name = name, MimeType = "application/octet-stream", Buffer = content };
    }
}
