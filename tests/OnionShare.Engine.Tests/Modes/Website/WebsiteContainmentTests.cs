using System.Net;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;
using OnionShare.Engine.Modes.Website;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Website.RunningWebsite;

namespace OnionShare.Engine.Tests.Modes.Website;

/// <summary>Nothing outside the chosen paths is ever served, however it is asked for.</summary>
public sealed class WebsiteContainmentTests
{
    private const string Secret = "s3cret-outside";

    [Theory]
    [InlineData("/../outside.txt")]
    [InlineData("/docs/../../outside.txt")]
    [InlineData("/%2e%2e/outside.txt")]
    [InlineData("/.%2e/outside.txt")]
    [InlineData("/docs/%2e%2e/%2e%2e/outside.txt")]
    [InlineData("/..%2foutside.txt")]
    [InlineData("/..%2Foutside.txt")]
    [InlineData("/..%5coutside.txt")]
    [InlineData("/..\\outside.txt")]
    [InlineData("/%252e%252e/outside.txt")]
    [InlineData("/%252e%252e%252foutside.txt")]
    [InlineData("/..%252foutside.txt")]
    [InlineData("/%c0%ae%c0%ae/outside.txt")]
    [InlineData("/%c0%ae%c0%ae%c0%afoutside.txt")]
    [InlineData("/%e0%80%ae%e0%80%ae/outside.txt")]
    [InlineData("/%uff0e%uff0e/outside.txt")]
    [InlineData("/..;/outside.txt")]
    [InlineData("//outside.txt")]
    [InlineData("//../outside.txt")]
    [InlineData("/docs//../../outside.txt")]
    [InlineData("/docs/./../../outside.txt")]
    [InlineData("http://127.0.0.1/../outside.txt")]
    [InlineData("/%")]
    [InlineData("/%2")]
    [InlineData("/%zz")]
    [InlineData("/docs%2findex.html")]
    [InlineData("/docs/index.html/")]
    [InlineData("/docs/index.html%00.txt")]
    [InlineData("/%00")]
    [InlineData("/link-to-file")]
    [InlineData("/link-to-folder/")]
    [InlineData("/link-to-folder/outside.txt")]
    [InlineData("/link-to-folder")]
    [InlineData("/docs/absolute")]
    [InlineData("/pipe")]
    public async Task Paths_and_links_that_lead_out_are_refused(string target)
    {
        await using var site = await StartAsync(Trap());
        var (status, answer) = await site.RawAsync(target);
        Assert.True(status is 404 or 400, $"{target}: {status}");
        Assert.DoesNotContain(Secret, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("outside.txt</bdi>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void No_path_made_of_hostile_pieces_leaves_the_site()
    {
        string[] pieces = ["..", ".", "%2e", "%2E%2e", "/", "//", "%2f", "%5c", "\\", "%00", "%c0%af", "%252e", "%25", "docs", "link-to-folder", "link-inside", "outside.txt", "index.html", "site", "?", "%", " ", "~", ":"];
        using var folder = Trap();
        var site = new Site([folder.Root], null, includeHidden: false);
        var random = new Random(20260101);
        var opened = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var target = "/" + string.Concat(random.GetItems(pieces, random.Next(1, 9)));
            if (!SitePath.TryRead(target, out var path)) continue;
            var place = site.Find(path.ToString());
            using var file = place.File;
            var real = file?.RealPath ?? (place.Path is null ? null : new DirectoryInfo(place.Path).ResolveLinkTarget(true)?.FullName ?? place.Path);
            if (real is null) continue;
            opened++;
            Assert.True(real == folder.Root || real.StartsWith(folder.Root + "/", StringComparison.Ordinal), $"{target} led to {real}");
        }

        Assert.True(opened > 100, $"only {opened} led anywhere");
    }

    [Theory]
    [InlineData("/link-inside/index.html")]
    [InlineData("/docs/in%64ex.html")]
    [InlineData("http://127.0.0.1/docs/index.html")]
    public async Task Those_that_stay_inside_are_served(string target)
    {
        await using var site = await StartAsync(Trap());
        var (status, answer) = await site.RawAsync(target.Replace("127.0.0.1", site.Client.BaseAddress!.Authority, StringComparison.Ordinal));
        Assert.Equal(200, status);
        Assert.EndsWith("inside", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_swapped_in_while_it_runs_gains_nothing()
    {
        var folder = Trap();
        await using var site = await StartAsync(folder);
        Assert.Equal("inside", await site.TextAsync("/docs/index.html"));
        Directory.Delete(folder.At("docs"), recursive: true);
        folder.Link("docs", folder.Above).Write("../index.html", Secret);
        foreach (var path in new[] { "/docs/", "/docs/index.html", "/docs/outside.txt" })
        {
            using var response = await site.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public void A_folder_that_became_a_link_out_is_not_listed_even_when_it_was_found_before()
    {
        using var folder = Trap();
        var roots = new SharedRoots(folder.Root);
        Assert.Equal(OpenOutcome.Folder, roots.TryList(folder.At("docs"), out _, out var inside));
        Assert.Equal("index.html", inside.Single(found => found.Stat.Kind == FileKind.File).Name);
        Assert.Equal(OpenOutcome.Refused, roots.TryList(folder.At("link-to-folder"), out _, out var outside));
        Assert.Empty(outside);
    }

    [Fact]
    public async Task Index_not_found_page_and_precompressed_files_are_not_let_out_by_a_link_either()
    {
        var folder = Trap();
        folder.Write("page.html", "inside").Link("page.html.br", folder.At("../outside.txt")).Link("404.html", folder.At("../outside.txt"))
            .Write("folder/a", "x").Link("folder/index.html", folder.At("../outside.txt"));
        await using var site = await StartAsync(folder);
        using var page = await site.GetAsync("/page.html", ("Accept-Encoding", "br"));
        Assert.Equal("inside", await page.Content.ReadAsStringAsync(Cancel));
        Assert.DoesNotContain(Secret, await site.TextAsync("/nothing"), StringComparison.Ordinal);
        using var index = await site.GetAsync("/folder/");
        Assert.Equal(HttpStatusCode.NotFound, index.StatusCode);
    }

    [Fact]
    public async Task A_listing_leaves_out_what_is_not_served()
    {
        await using var site = await StartAsync(Trap());
        var page = await site.TextAsync("/");
        Assert.Contains("docs/", page, StringComparison.Ordinal);
        Assert.Contains("link-inside/", page, StringComparison.Ordinal);
        foreach (var name in new[] { "link-to", "pipe", "dangling", ".git", ".hidden" }) Assert.DoesNotContain(name, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/.git/config")]
    [InlineData("/.git/")]
    [InlineData("/.hidden")]
    [InlineData("/%2egit/config")]
    [InlineData("/visible-link/config")]
    public async Task Hidden_files_are_not_served_by_any_name(string path)
    {
        var folder = Trap();
        folder.Link("visible-link", folder.At(".git"));
        await using var site = await StartAsync(folder);
        Assert.Equal(404, (await site.RawAsync(path)).Status);
    }

    [Fact]
    public async Task Hidden_files_are_served_when_asked_for()
    {
        await using var site = await StartAsync(Trap(), request => request with { IncludeHidden = true });
        Assert.Equal("password=x", await site.TextAsync("/.git/config"));
        Assert.Contains(".hidden", await site.TextAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hidden_folder_chosen_by_name_is_served()
    {
        var folder = Trap();
        await using var site = await StartAsync(folder, request => request with { Paths = [folder.At(".git"), folder.At("docs")] });
        Assert.Equal("password=x", await site.TextAsync("/.git/config"));
        await using var alone = await StartAsync(new SiteFolder(), request => request with { Paths = [folder.At(".git")] });
        Assert.Equal("password=x", await alone.TextAsync("/config"));
    }

    [Fact]
    public async Task The_assets_of_a_listing_shadow_no_file()
    {
        await using var site = await StartAsync(new SiteFolder().Write("style.css", "mine").Write("sort.js", "mine").Write("icon.svg", "mine"));
        var page = await site.TextAsync("/");
        var style = System.Text.RegularExpressions.Regex.Match(page, "href=\"(/[0-9a-f]{32}/style.css)\"").Groups[1].Value;
        Assert.Contains("--accent", await site.TextAsync(style), StringComparison.Ordinal);
        foreach (var name in new[] { "/style.css", "/sort.js", "/icon.svg" }) Assert.Equal("mine", await site.TextAsync(name));
    }

    private static SiteFolder Trap()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("skipped: links need a privilege on Windows");
        var folder = new SiteFolder().Write("../outside.txt", Secret).Write("docs/index.html", "inside")
            .Write(".git/config", "password=x").Write(".hidden", "password=x");
        folder.Link("link-to-file", "../outside.txt").Link("link-to-folder", folder.Above).Link("docs/absolute", folder.At("../outside.txt"))
            .Link("link-inside", "docs").Link("dangling", "nowhere");
        using var pipe = System.Diagnostics.Process.Start("mkfifo", folder.At("pipe"));
        pipe.WaitForExit();
        return folder;
    }
}
