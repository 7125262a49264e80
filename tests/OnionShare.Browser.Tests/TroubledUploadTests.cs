using Microsoft.Playwright;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Browser.Tests;

/// <summary>What happens to files, tabs, the network and the service while somebody sends.</summary>
public sealed class TroubledUploadTests(BrowserFixture browser)
{
    [Theory]
    [InlineData("changed")]
    [InlineData("deleted")]
    [InlineData("unreadable")]
    public async Task A_file_that_can_not_be_read_any_more_is_named_and_the_others_are_sent(string trouble)
    {
        if (trouble == "unreadable" && Environment.IsPrivilegedProcess) trouble = "deleted"; // root may read all
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        string first = Source(service, "first.bin", 1000), bad = Source(service, "bad.bin", 2000), last = Source(service, "last.bin", 3000);
        await page.GetByLabel("Files").First.SetInputFilesAsync([first, bad, last]);
        if (trouble == "changed") await File.WriteAllBytesAsync(bad, new byte[1500], Cancel);
        else if (trouble == "deleted") File.Delete(bad);
        else if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(bad, UnixFileMode.None);
        await SendAsync(page);
        await ThankedAsync(page);

        await Assertions.Expect(page.GetByText("2 files arrived")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Not sent, because it can't be read")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".unsent")).ToContainTextAsync("bad.bin");
        Assert.Equal(["first.bin", "last.bin"], Names(service));
        await Accessibility.AssertAsync(page);
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_it_is_sent_is_left_out_and_nothing_of_it_stays()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        var bad = Source(service, "bad.bin", 5 << 20);
        await page.RouteAsync("**/files/**", async route =>
        {
            if (route.Request.Method == "PATCH" && route.Request.Headers["upload-offset"] != "0") File.Delete(bad);
            await route.ContinueAsync();
        });
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync([bad, Source(service, "last.bin", 3000)]);
        await SendAsync(page);
        await ThankedAsync(page);

        await Assertions.Expect(page.Locator(".unsent")).ToContainTextAsync("bad.bin");
        Assert.Equal(["last.bin"], Names(service));
    }

    [Fact]
    public async Task If_no_file_can_be_read_that_is_said_and_nothing_is_left()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        var bad = Source(service, "bad.bin", 2000);
        await page.GetByLabel("Files").First.SetInputFilesAsync(bad);
        File.Delete(bad);
        await SendAsync(page);
        await page.GetByText("Nothing was sent: none of the files can be read.").WaitForAsync();
        Assert.Empty(Names(service));
    }

    [Fact]
    public async Task A_dropped_folder_is_sent_with_its_files()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        var folder = Path.Combine(service.Folder, "dropped");
        Directory.CreateDirectory(Path.Combine(folder, "deep", "empty"));
        for (var number = 0; number < 120; number++) await File.WriteAllTextAsync(Path.Combine(folder, $"{number}.txt"), "x", Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "deep", "0.txt"), "deep", Cancel);
        var session = await page.Context.NewCDPSessionAsync(page);
        foreach (var type in new[] { "dragEnter", "dragOver", "drop" })
        {
            await session.SendAsync("Input.dispatchDragEvent", new()
            {
                ["type"] = type,
                ["x"] = 200,
                ["y"] = 200,
                ["data"] = new Dictionary<string, object> { ["items"] = Array.Empty<object>(), ["files"] = new[] { folder }, ["dragOperationsMask"] = 1 },
            });
        }

        await Assertions.Expect(page.GetByRole(AriaRole.List, new() { Name = "Files to send" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(121);
        await SendAsync(page);
        await ThankedAsync(page);
        Assert.Equal(121, Names(service).Length);
        Assert.Contains("0 (2).txt", Names(service));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Empty_files_and_two_of_one_name_arrive_with_scripts_and_without(bool scripts)
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, JavaScriptEnabled = scripts });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(
            [Payload("same.txt", "one"), Payload("same.txt", "two"), Payload("empty.txt", ""), Payload("empty.txt", "")]);
        await SendAsync(page);
        await ThankedAsync(page);
        Assert.Equal(["empty (2).txt", "empty.txt", "same (2).txt", "same.txt"], Names(service));
    }

    [Theory]
    [InlineData("deleted", null)]
    [InlineData("password", "Password")]
    [InlineData("stopped", null)]
    public async Task Without_scripts_what_goes_wrong_meanwhile_is_said_and_leaves_nothing(string trouble, string? words)
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, JavaScriptEnabled = false });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        var source = Source(service, "a.bin", 1000);
        await page.GetByLabel("Files").First.SetInputFilesAsync([source, Source(service, "b.bin", 2000)]);
        if (trouble == "deleted") File.Delete(source);
        else if (trouble == "password") await service.Service.ChangeAsync(new ServiceChange { Password = "walnut-orchid-lantern" }, (_, _) => { }, Cancel);
        else await service.StopAsync();
        var sending = page.GetByRole(AriaRole.Button, new() { Name = "Send" });
        await sending.ClickAsync();
        await Assertions.Expect(sending).ToBeHiddenAsync(new() { Timeout = 60_000 }); // where the service does not answer, the browser has a page of its own

        if (words is not null) await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(words);
        await Assertions.Expect(page.GetByText("Thank you")).ToHaveCountAsync(0);
        Assert.Empty(Names(service));
    }

    [Fact]
    public async Task Two_files_alike_but_in_their_content_are_not_mixed_after_a_reload()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        string[] files = [Source(service, Path.Combine("a", "x.bin"), 4 << 20, 1), Source(service, Path.Combine("b", "x.bin"), 4 << 20, 2)];
        foreach (var file in files) File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var block = true;
        var begun = (await File.ReadAllBytesAsync(files[1], Cancel))[..(1 << 20)];
        await page.RouteAsync("**/files/**", async route =>
        {
            // However large a piece the page has come to: of the second file a quarter arrives, and then nothing.
            var isPieceOfSecond = block && route.Request.Method == "PATCH" && new Uri(route.Request.Url).AbsolutePath.EndsWith("/1", StringComparison.Ordinal);
            if (!isPieceOfSecond) await route.ContinueAsync();
            else if (route.Request.Headers["upload-offset"] == "0") await route.ContinueAsync(new() { PostData = begun });
            else await route.AbortAsync();
        });
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(files);
        await SendAsync(page);
        await page.GetByText("Trying again").WaitForAsync();
        await page.ReloadAsync();
        block = false;
        await page.GetByLabel("Files").First.SetInputFilesAsync(files);
        await SendAsync(page);
        await ThankedAsync(page);

        Assert.Equal(["x (2).bin", "x.bin"], Names(service));
        Assert.Equal(
            files.Select(file => Convert.ToHexString(File.ReadAllBytes(file))).Order(StringComparer.Ordinal),
            Arrived(service).Select(file => Convert.ToHexString(File.ReadAllBytes(file))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Two_tabs_send_at_the_same_time_and_neither_disturbs_the_other()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var source = Source(service, "big.bin", 5 << 20);
        var pages = new List<IPage>();
        for (var tab = 0; tab < 2; tab++)
        {
            var page = await window.NewPageAsync();
            await page.GotoAsync(service.Address);
            await page.GetByLabel("Files").First.SetInputFilesAsync(source);
            pages.Add(page);
        }

        await Task.WhenAll(pages.Select(SendAsync));
        await Task.WhenAll(pages.Select(ThankedAsync));
        Assert.Equal(["big.bin", "big.bin"], Names(service));
        Assert.All(Arrived(service), file => Assert.Equal(File.ReadAllBytes(source), File.ReadAllBytes(file)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tab_that_is_closed_leaves_a_partial_file_and_the_service_can_be_stopped(bool scripts)
    {
        await using var service = await StartAsync(onion: true);
        var circuit = service.Tor.NewCircuit();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials, JavaScriptEnabled = scripts, Proxy = circuit.Proxy });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(Source(service, "big.bin", 60 << 20));
        var broken = circuit.BreakAfterAsync(20 << 20);
        await page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await broken.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await page.CloseAsync(new() { RunBeforeUnload = false });
        await service.StopAsync(force: true);

        var transfer = Assert.Single(service.Service.Context.Transfers.Snapshot());
        Assert.Equal(TransferState.Cancelled, transfer.State);
        Assert.Equal(["big.bin.part"], Names(service));
        Assert.Equal(Arrived(service), transfer.Paths);
    }

    [Fact]
    public async Task Offline_for_a_while_is_waited_for()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        var wentOff = new TaskCompletionSource();
        await page.RouteAsync("**/files/**", async route =>
        {
            if (route.Request.Method == "PATCH" && route.Request.Headers["upload-offset"] != "0" && !wentOff.Task.IsCompleted)
            {
                await window.SetOfflineAsync(true);
                wentOff.TrySetResult();
                await route.AbortAsync("internetdisconnected");
            }
            else
            {
                await route.ContinueAsync();
            }
        });
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(Source(service, "big.bin", 5 << 20));
        await SendAsync(page);
        await page.GetByText("This computer is offline.").WaitForAsync();
        await window.SetOfflineAsync(false);
        await ThankedAsync(page);
        Assert.Equal(["big.bin"], Names(service));
    }

    [Fact]
    public async Task A_password_that_was_changed_meanwhile_is_said_and_after_a_reload_it_goes_on()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        var source = Source(service, "big.bin", 5 << 20);
        var refuse = true;
        var offsets = new List<string>();
        await page.RouteAsync("**/files/**", async route =>
        {
            if (route.Request.Method == "PATCH")
            {
                lock (offsets) offsets.Add(route.Request.Headers["upload-offset"]);
                if (refuse && route.Request.Headers["upload-offset"] != "0")
                {
                    await route.FulfillAsync(new() { Status = 401 });
                    return;
                }
            }

            await route.ContinueAsync();
        });
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(source);
        await SendAsync(page);
        await page.GetByText("The password is not right any more. Reload this page and type the new one").WaitForAsync();
        await page.ReloadAsync();
        (refuse, offsets) = (false, []);
        await page.GetByLabel("Files").First.SetInputFilesAsync(source);
        await SendAsync(page);
        await ThankedAsync(page);
        Assert.NotEqual("0", offsets[0]);
        Assert.Equal(["big.bin"], Names(service));
    }

    [Fact]
    public async Task Trying_again_has_an_end_that_says_why_and_sending_again_goes_on()
    {
        await using var service = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        var block = true;
        await page.Clock.InstallAsync();
        await page.RouteAsync("**/files/**", async route =>
        {
            if (block && (route.Request.Method != "PATCH" || route.Request.Headers["upload-offset"] != "0")) await route.AbortAsync();
            else await route.ContinueAsync();
        });
        await page.GotoAsync(service.Address);
        await page.GetByLabel("Files").First.SetInputFilesAsync(Source(service, "big.bin", 5 << 20));
        await SendAsync(page);
        await page.GetByText("Trying again in 1 s").WaitForAsync();
        var end = page.GetByText("The service could not be reached for an hour. Press Send to go on where it stopped.");
        for (var minutes = 0; minutes < 300 && !await end.IsVisibleAsync(); minutes++) await page.Clock.RunForAsync("01:00");
        await Assertions.Expect(end).ToBeVisibleAsync();

        block = false;
        await SendAsync(page);
        await ThankedAsync(page);
        Assert.Equal(["big.bin"], Names(service));
    }

    [Fact]
    public async Task More_files_than_are_taken_at_once_are_refused_in_words()
    {
        await using var service = await StartAsync(maxFiles: 2);
        await using var window = await browser.WindowAsync(new() { HttpCredentials = service.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(service.Address);
        await Assertions.Expect(page.GetByText("At most 2 files at once")).ToBeVisibleAsync();
        await page.GetByLabel("Files").First.SetInputFilesAsync([Payload("1", "x"), Payload("2", "x"), Payload("3", "x")]);
        await SendAsync(page);
        await Assertions.Expect(page.GetByText("These are 3 files: 2 at once are taken at most.")).ToBeVisibleAsync();
    }

    private static Task<RunningService> StartAsync(bool onion = false, int maxFiles = ReceiveRequest.DefaultMaxFiles) => RunningService.StartAsync(
        _ => { }, folder => new ReceiveRequest { Path = Path.Combine(folder, "inbox"), MinFreeSpace = 0, MaxFiles = maxFiles }, onion);

    private static Task SendAsync(IPage page) => page.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();

    private static Task ThankedAsync(IPage page) => page.GetByRole(AriaRole.Heading, new() { Name = "Thank you" }).WaitForAsync(new() { Timeout = 60_000 });

    private static string[] Arrived(RunningService service) => [.. Directory.GetFiles(Path.Combine(service.Folder, "inbox"), "*", SearchOption.AllDirectories)
        .Where(file => !file.Contains(".uploads", StringComparison.Ordinal))];

    private static string[] Names(RunningService service) => [.. Arrived(service).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private static string Source(RunningService service, string name, int length, int seed = 0)
    {
        var path = Path.Combine(service.Folder, "from", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var content = new byte[length];
        new Random(seed + length).NextBytes(content);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static FilePayload Payload(string name, string text) =>
        new() { Name = name, MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(text) };
}
