using System.IO.Compression;
using Microsoft.Playwright;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Browser.Tests;

public sealed class SharePageTests(BrowserFixture browser)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_shared_is_listed_and_downloads_with_and_without_scripts(bool scripts)
    {
        await using var share = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials, JavaScriptEnabled = scripts });
        var page = await window.NewPageAsync();
        await page.GotoAsync(share.Address);

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Field notes" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("5 files, 2.2 MiB in all")).ToBeVisibleAsync();
        Assert.Equal(["photos", "Überblick.txt", "ملاحظات.txt", "日本語の資料.pdf"], await page.GetByRole(AriaRole.Rowheader).Locator("bdi").AllInnerTextsAsync());
        await Assertions.Expect(page.GetByRole(AriaRole.Rowheader).First).ToHaveTextAsync("photos 2 files", new() { UseInnerText = true });

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        var path = Path.Combine(share.Folder, "downloaded.zip");
        await download.SaveAsAsync(path);
        await using var zip = await ZipFile.OpenReadAsync(path, Cancel);
        Assert.Contains("日本語の資料.pdf", zip.Entries.Select(entry => entry.FullName));
        await share.Service.Ended.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(StopReason.Downloaded, share.Service.Status.StopReason);
    }

    [Fact]
    public async Task A_column_sorts_when_its_heading_is_pressed()
    {
        await using var share = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(share.Address);

        await page.GetByRole(AriaRole.Button, new() { Name = "Size" }).ClickAsync();

        Assert.Equal(["Überblick.txt", "ملاحظات.txt", "日本語の資料.pdf"], (await page.Locator("tbody th bdi").AllInnerTextsAsync()).Take(3).Select(text => text.Trim()));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1000, "share-light")]
    [InlineData(ColorScheme.Dark, 1000, "share-dark")]
    [InlineData(ColorScheme.Light, 360, "share-phone")]
    public async Task The_page_is_readable_light_and_dark_and_on_a_phone(ColorScheme scheme, int width, string name)
    {
        await using var share = await StartAsync();
        await using var window = await browser.WindowAsync(new()
        {
            HttpCredentials = share.Credentials,
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 640 },
        });
        var page = await window.NewPageAsync();
        await page.GotoAsync(share.Address);

        await Accessibility.AssertAsync(page);
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.Equal(0, overflow);
        await Screenshots.TakeAsync(page, name);
    }

    [Fact]
    public async Task Nothing_is_asked_of_another_host_and_no_policy_is_violated()
    {
        await using var share = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials });
        var page = await window.NewPageAsync();
        var (requests, complaints) = (new List<string>(), new List<string>());
        page.Request += (_, request) => requests.Add(new Uri(request.Url).GetLeftPart(UriPartial.Authority));
        page.Console += (_, message) => complaints.Add(message.Text);
        page.RequestFailed += (_, request) => complaints.Add($"{request.Url}: {request.Failure}");
        await page.GotoAsync(share.Address, new() { WaitUntil = WaitUntilState.NetworkIdle });

        Assert.All(requests, origin => Assert.Equal(share.Address, origin));
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task Folders_are_browsed_and_files_fetched_when_the_share_is_kept()
    {
        await using var share = await StartAsync(keepSharing: true);
        await using var window = await browser.WindowAsync(new() { HttpCredentials = share.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(share.Address);

        await page.GetByRole(AriaRole.Link, new() { Name = "photos" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Folders" })).ToContainTextAsync("photos");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "one & two.jpg" }).ClickAsync());

        Assert.Equal("one & two.jpg", download.SuggestedFilename);
        Assert.False(share.Service.Status.State.IsEnded());
    }

    [Fact]
    public async Task A_visitor_without_the_password_is_told_what_to_do_and_sees_no_name()
    {
        await using var share = await StartAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = new() { Username = "onionshare", Password = "wrong" } });
        var page = await window.NewPageAsync();
        var answer = await page.GotoAsync(share.Address);

        Assert.Equal(401, answer!.Status);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Password needed" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("user name onionshare")).ToBeVisibleAsync();
        Assert.DoesNotContain("Field notes", await page.ContentAsync());
        var background = await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.notice')).borderRadius");
        Assert.NotEqual("0px", background);
        await Accessibility.AssertAsync(page);
    }

    private static Task<RunningService> StartAsync(bool keepSharing = false) => RunningService.StartAsync(
        folder =>
        {
            var shared = Path.Combine(folder, "shared");
            Directory.CreateDirectory(Path.Combine(shared, "photos"));
            File.WriteAllBytes(Path.Combine(shared, "photos", "one & two.jpg"), new byte[1_400_000]);
            File.WriteAllBytes(Path.Combine(shared, "photos", "it's {two}.jpg"), new byte[700_000]);
            File.WriteAllBytes(Path.Combine(shared, "日本語の資料.pdf"), new byte[250_000]);
            File.WriteAllText(Path.Combine(shared, "Überblick.txt"), "Überblick");
            File.WriteAllText(Path.Combine(shared, "ملاحظات.txt"), "a note in Arabic");
        },
        folder => new ShareRequest { Paths = [Path.Combine(folder, "shared")], Title = "Field notes", KeepSharing = keepSharing });
}
