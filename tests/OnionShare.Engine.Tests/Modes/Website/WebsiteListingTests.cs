using System.Text.RegularExpressions;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Website.RunningWebsite;

namespace OnionShare.Engine.Tests.Modes.Website;

public sealed partial class WebsiteListingTests
{
    [Fact]
    public async Task A_folder_without_an_index_is_listed_folders_first_with_sizes_and_times()
    {
        await using var site = await StartAsync(new SiteFolder().Write("b.txt", new string('x', 2048)).Write("A.txt", "x").Write("z/a", "x"), request => request with { Title = "My <site>" });
        var page = await site.TextAsync("/");
        Assert.Equal(["z/", "A.txt", "b.txt"], Hrefs(page));
        Assert.Contains("2.0 KiB", page, StringComparison.Ordinal);
        Assert.Contains("data-key=\"2048\"", page, StringComparison.Ordinal);
        Assert.Contains("<time datetime=\"2024-05-06T07:08:09Z\">2024-05-06<span> 07:08</span></time>", page, StringComparison.Ordinal);
        Assert.Contains("My &lt;site&gt;", page, StringComparison.Ordinal);
        Assert.Contains("sort.js", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_name_is_shown_harmless_and_can_be_followed()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("skipped: Windows has no such names");
        string[] names = ["<img src=x onerror=alert(1)>", "a\"b'c&d", "back\\slash", "bidi\u202Etxt.exe", "esc\u001B[2Jape", "line\nfeed", "per%2fcent", "q?x=1", "ha#sh", "ünïcode 😀", "javascript:alert(1)"];
        var folder = new SiteFolder();
        foreach (var name in names) folder.Write(name, name);
        await using var site = await StartAsync(folder);
        var page = await site.TextAsync("/");
        foreach (var raw in new[] { "<img", "\u202E", "\u001B", "line\nfeed", "\"javascript:" }) Assert.DoesNotContain(raw, page[page.IndexOf("<main>", StringComparison.Ordinal)..].Replace("<img class=\"mark\"", ""), StringComparison.Ordinal);
        var hrefs = Hrefs(page);
        Assert.Equal(names.Length, hrefs.Count);
        var texts = new List<string>();
        foreach (var href in hrefs) texts.Add(await site.TextAsync("/" + href));
        Assert.Equal(names.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_folder_below_leads_back_up()
    {
        await using var site = await StartAsync(new SiteFolder().Write("a b/c/d.txt", "x"));
        var page = await site.TextAsync("/a%20b/c/");
        Assert.Contains("<a href=\"/\">Start</a>", page, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/a%20b/\">", page, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"page\"><bdi>c</bdi>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_in_names_count_and_a_long_listing_is_searched_without_scripts()
    {
        var folder = new SiteFolder();
        for (var i = 1; i <= 1100; i++) File.WriteAllText(folder.At($"File {i}.txt"), "");
        File.WriteAllText(folder.At("<b>Cafe\u0301.txt"), "");
        await using var site = await StartAsync(folder);
        var page = await site.TextAsync("/");
        Assert.Equal(["%3Cb%3ECafe%CC%81.txt", "File%201.txt", "File%202.txt", "File%203.txt"], Hrefs(page).Take(4));
        Assert.Contains("name=\"q\"", page, StringComparison.Ordinal);
        Assert.Equal(["File%20110.txt", "File%201100.txt"], Hrefs(await site.TextAsync("/?q=110%20file")));
        Assert.Equal(["%3Cb%3ECafe%CC%81.txt"], Hrefs(await site.TextAsync("/?q=CAF%C3%89")));
        var found = await site.TextAsync("/?q=file");
        Assert.Equal(1000, Hrefs(found).Count);
        Assert.Contains("href=\"?q=file&amp;page=2\"", found, StringComparison.Ordinal);
        Assert.Equal(100, Hrefs(await site.TextAsync("/?q=file&page=2")).Count);
        var none = await site.TextAsync("/?q=%3Cscript%3E%22");
        Assert.Contains("No name here has that in it.", none, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>\"", none, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_listing_needs_no_search()
    {
        await using var site = await StartAsync(new SiteFolder().Write("a", "x"));
        Assert.DoesNotContain("name=\"q\"", await site.TextAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_entries_come_in_pages()
    {
        var folder = new SiteFolder();
        for (var i = 0; i < 1001; i++) File.WriteAllText(folder.At($"f{i:0000}"), "");
        await using var site = await StartAsync(folder);
        Assert.Equal(1000, Hrefs(await site.TextAsync("/")).Count);
        Assert.Equal(["f1000"], Hrefs(await site.TextAsync("/?page=2")));
        Assert.Equal(["f1000"], Hrefs(await site.TextAsync("/?page=99")));
        Assert.Equal(1000, Hrefs(await site.TextAsync("/?page=x")).Count);
    }

    [Fact]
    public async Task What_is_new_is_listed_at_once_and_an_empty_folder_says_so()
    {
        var folder = new SiteFolder();
        await using var site = await StartAsync(folder);
        Assert.Contains("This folder is empty.", await site.TextAsync("/"), StringComparison.Ordinal);
        folder.Write("new.txt", "x");
        Assert.Equal(["new.txt"], Hrefs(await site.TextAsync("/")));
        folder.Write("index.html", "index");
        Assert.Equal("index", await site.TextAsync("/"));
    }

    private static List<string> Hrefs(string page) =>
        [.. Row().Matches(page).Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value))];

    [GeneratedRegex("<th scope=\"row\"[^>]*><a href=\"([^\"]*)\">")]
    private static partial Regex Row();
}
