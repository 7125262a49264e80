using System.Collections.Concurrent;
using Microsoft.Playwright;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Browser.Tests;

public sealed class WebsitePageTests(BrowserFixture browser)
{
    private const string Index = """
        <!doctype html><html lang="en"><title>Garden</title><link rel="stylesheet" href="css/site.css">
        <h1>Garden</h1><img src="bild%20eins.svg" alt="A leaf"><video src="clip.webm" controls muted preload="metadata"></video>
        <p id="own">no script ran</p><p id="inline">no inline script ran</p>
        <script src="js/own.js"></script>
        <script>document.getElementById("inline").textContent = "an inline script ran";</script>
        <script src="http://other.example/tracker.js"></script>
        """;

    [Fact]
    public async Task A_site_with_style_picture_and_script_is_shown_and_nothing_is_fetched_from_elsewhere()
    {
        await using var site = await StartSiteAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = site.Credentials });
        var page = await window.NewPageAsync();
        var complaints = Complaints.About(page, site.Address);
        var answered = new ConcurrentBag<string>();
        page.Response += (_, response) => answered.Add(response.Url);
        await page.GotoAsync(site.Address);

        Assert.Equal("rgb(1, 2, 3)", await page.Locator("h1").EvaluateAsync<string>("heading => getComputedStyle(heading).color"));
        Assert.Equal(64, await page.GetByAltText("A leaf").EvaluateAsync<int>("image => image.naturalWidth"));
        await Assertions.Expect(page.Locator("#own")).ToHaveTextAsync("the site's script ran");
        await Assertions.Expect(page.Locator("#inline")).ToHaveTextAsync("no inline script ran");
        Assert.Contains(complaints.Heard, complaint => complaint.Contains("http://other.example/tracker.js", StringComparison.Ordinal));
        Assert.All(answered, address => Assert.StartsWith(site.Address, address, StringComparison.Ordinal));
        complaints.AssertNone("Content Security Policy", "other.example", "clip.webm", "favicon.ico");
    }

    [Fact]
    public async Task A_site_opened_by_the_whole_link_fetches_its_own_data_by_script()
    {
        await using var site = await StartSiteAsync();
        await File.WriteAllTextAsync(Path.Combine(site.Folder, "site", "data.json"), "{\"leaf\": \"green\"}", Cancel);
        await using var window = await browser.WindowAsync(new());
        var page = await window.NewPageAsync();
        await page.GotoAsync(site.Service.Status.Url!);

        Assert.Equal(site.Address + "/", await page.EvaluateAsync<string>("document.baseURI"));
        Assert.Equal("green", await page.EvaluateAsync<string>("fetch('data.json').then(answer => answer.json()).then(data => data.leaf)"));
    }

    [Fact]
    public async Task A_policy_of_the_sites_own_lets_its_inline_script_run()
    {
        await using var site = await StartSiteAsync("default-src 'self'; script-src 'self' 'unsafe-inline'");
        await using var window = await browser.WindowAsync(new() { HttpCredentials = site.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(site.Address);

        await Assertions.Expect(page.Locator("#inline")).ToHaveTextAsync("an inline script ran");
    }

    [Fact]
    public async Task A_video_plays_and_is_sought_in_by_ranges()
    {
        await using var site = await StartSiteAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = site.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync($"{site.Address}/css/site.css"); // somewhere to draw the video
        var clip = await WebmVideo.MakeAsync(page, seconds: 120);
        await File.WriteAllBytesAsync(Path.Combine(site.Folder, "site", "clip.webm"), clip, Cancel);
        var ranges = new ConcurrentBag<string>();
        page.Response += (_, response) =>
        {
            if (response.Status == 206) ranges.Add(response.Headers["content-range"]);
        };
        await page.GotoAsync(site.Address);

        var video = page.Locator("video");
        await video.EvaluateAsync("video => video.readyState >= 2 ? 0 : new Promise((resolve, reject) => { video.onloadeddata = () => resolve(0); video.onerror = () => reject(new Error(video.error.message)); })");
        Assert.Equal(480, await video.EvaluateAsync<int>("video => video.videoWidth"));
        Assert.Equal(120, await video.EvaluateAsync<double>("video => video.duration"), 0.01);
        await video.EvaluateAsync("video => new Promise((resolve) => { video.onseeked = () => resolve(0); video.currentTime = 100.2; })");

        Assert.Equal(100.2, await video.EvaluateAsync<double>("video => video.currentTime"), 0.1);
        var firsts = ranges.Select(range => long.Parse(range.Split(' ', '-')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Contains(firsts, first => first > clip.Length / 2);
    }

    [Fact]
    public async Task A_listing_is_sorted_by_its_headings_with_the_mouse_and_with_the_keyboard()
    {
        await using var site = await StartFolderAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = site.Credentials });
        var page = await window.NewPageAsync();
        var complaints = Complaints.About(page, site.Address);
        await page.GotoAsync(site.Address);
        var names = page.GetByRole(AriaRole.Rowheader);

        await page.GetByRole(AriaRole.Button, new() { Name = "Size" }).ClickAsync();
        await Assertions.Expect(names).ToHaveTextAsync(["Interviews", "Photographs", "read me first.txt", "Übersicht 2026.ods", "町の地図.svg", "hearing-2026-03-12.pdf", "harbour at dawn.webm"]);
        await Assertions.Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "Size" })).ToHaveAttributeAsync("aria-sort", "ascending");
        await page.GetByRole(AriaRole.Button, new() { Name = "Changed" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(names.First).ToHaveTextAsync("read me first.txt");

        await page.GetByRole(AriaRole.Link, new() { Name = "Interviews" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Folders" })).ToContainTextAsync("Interviews");
        await page.GetByRole(AriaRole.Link, new() { Name = "Start" }).ClickAsync();
        await Assertions.Expect(names).ToHaveCountAsync(7);
        complaints.AssertNone();
    }

    [Fact]
    public async Task A_listing_is_readable_light_and_dark_and_on_a_phone()
    {
        await using var site = await StartFolderAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = site.Credentials });
        var page = await window.NewPageAsync();
        await page.GotoAsync(site.Address);

        await Layout.AssertReadableAsync(page, "website");
    }

    [Fact]
    public async Task What_is_not_there_shows_the_sites_own_page_or_ours()
    {
        await using var site = await StartSiteAsync();
        await using var window = await browser.WindowAsync(new() { HttpCredentials = site.Credentials });
        var page = await window.NewPageAsync();

        var ours = await page.GotoAsync($"{site.Address}/nowhere");
        Assert.Equal(404, ours!.Status);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Not found" })).ToBeVisibleAsync();

        await File.WriteAllTextAsync(Path.Combine(site.Folder, "site", "404.html"), "<!doctype html><title>Lost</title><h1>No such bed in this garden</h1>", Cancel);
        var own = await page.GotoAsync($"{site.Address}/nowhere");
        Assert.Equal(404, own!.Status);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No such bed in this garden" })).ToBeVisibleAsync();
    }

    private static Task<RunningService> StartSiteAsync(string? policy = null) => RunningService.StartAsync(
        folder =>
        {
            var site = Path.Combine(folder, "site");
            Directory.CreateDirectory(Path.Combine(site, "css"));
            Directory.CreateDirectory(Path.Combine(site, "js"));
            File.WriteAllText(Path.Combine(site, "index.html"), Index);
            File.WriteAllText(Path.Combine(site, "css", "site.css"), "h1 { color: rgb(1, 2, 3); }");
            File.WriteAllText(Path.Combine(site, "js", "own.js"), "document.getElementById('own').textContent = \"the site's script ran\";");
            File.WriteAllText(Path.Combine(site, "bild eins.svg"), "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='64'><circle cx='32' cy='32' r='30' fill='green'/></svg>");
        },
        folder => new WebsiteRequest { Paths = [Path.Combine(folder, "site")], ContentSecurityPolicy = policy });

    /// <summary>A folder without an index.</summary>
    private static Task<RunningService> StartFolderAsync() => RunningService.StartAsync(
        folder =>
        {
            var site = Path.Combine(folder, "site");
            (string Name, int Size)[] files =
            [
                ("read me first.txt", 1_830), ("hearing-2026-03-12.pdf", 3_412_000), ("Übersicht 2026.ods", 48_200), ("町の地図.svg", 212_400),
                ("harbour at dawn.webm", 9_871_000), ("Interviews/first.ogg", 10), ("Photographs/one.jpg", 10),
            ];
            var changed = new DateTime(2026, 11, 2, 8, 14, 0, DateTimeKind.Utc);
            foreach (var (name, size) in files)
            {
                var path = Path.Combine(site, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, new byte[size]);
                File.SetLastWriteTimeUtc(path, changed);
                changed = changed.AddHours(-7.3);
            }

            foreach (var inner in Directory.GetDirectories(site)) Directory.SetLastWriteTimeUtc(inner, changed = changed.AddHours(-30));
        },
        folder => new WebsiteRequest { Paths = [Path.Combine(folder, "site")], Title = "City archive" });
}
