using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Website.RunningWebsite;

namespace OnionShare.Engine.Tests.Modes.Website;

public sealed class WebsiteFilesTests
{
    [Fact]
    public async Task A_folder_shows_its_index_file()
    {
        await using var site = await StartAsync(new SiteFolder().Write("index.html", "start").Write("docs/index.html", "docs"));
        Assert.Equal(("start", "docs", "docs"), (await site.TextAsync("/"), await site.TextAsync("/docs/"), await site.TextAsync("/docs/index.html")));
    }

    [Fact]
    public async Task Index_htm_stands_in_for_an_index_that_is_not_there()
    {
        await using var site = await StartAsync(new SiteFolder().Write("old/index.htm", "old").Write("both/index.htm", "second").Write("both/index.html", "first"));
        Assert.Equal(("old", "first"), (await site.TextAsync("/old/"), await site.TextAsync("/both/")));
    }

    [Theory]
    [InlineData("Cafe\u0301", "Caf\u00E9")]
    [InlineData("Caf\u00E9", "Cafe\u0301")]
    public async Task A_name_is_found_in_either_form_of_Unicode(string stored, string asked)
    {
        var folder = new SiteFolder().Write($"{stored}/{stored}.html", "found").Write($"{asked}/x", "");
        if (Directory.GetDirectories(folder.Root).Length > 1) Directory.Delete(folder.At(asked), recursive: true); // it was not the same folder
        await using var site = await StartAsync(folder);
        Assert.Equal("found", await site.TextAsync($"/{asked}/{stored}.html"));
        Assert.Equal("found", await site.TextAsync($"/{asked}/{asked}.html"));
        using var nothing = await site.GetAsync($"/{asked}/{asked}x.html");
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Theory]
    [InlineData("//index.html")]
    [InlineData("/docs//page.html")]
    [InlineData("/docs/./page.html")]
    [InlineData("/./docs/.//page.html")]
    [InlineData("/docs//")]
    [InlineData("/docs/.")]
    public async Task Slashes_and_dots_that_say_nothing_are_passed_over(string target)
    {
        await using var site = await StartAsync(new SiteFolder().Write("index.html", "this").Write("docs/index.html", "this").Write("docs/page.html", "this"));
        var (status, answer) = await site.RawAsync(target);
        Assert.Equal(200, status);
        Assert.EndsWith("this", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(600_000)]
    public async Task Each_coding_has_its_own_validators_and_304_tells_no_coding(int length)
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.txt", new string('x', length)));
        using var plain = await site.GetAsync("/a.txt");
        using var gzip = await site.GetAsync("/a.txt", ("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", gzip.Content.Headers.ContentEncoding.Single());
        Assert.NotEqual(plain.Headers.ETag, gzip.Headers.ETag);
        Assert.NotNull(plain.Content.Headers.LastModified);
        Assert.Null(gzip.Content.Headers.LastModified); // it would stand for both
        using var again = await site.GetAsync("/a.txt", ("Accept-Encoding", "gzip"), ("If-None-Match", gzip.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(again.Content.Headers.ContentEncoding);
        Assert.Equal((gzip.Headers.ETag, "Accept-Encoding"), (again.Headers.ETag, again.Headers.Vary.Single()));
    }

    [Fact]
    public async Task That_what_was_chosen_is_gone_is_told_to_the_operator_once_and_other_wrong_paths_are_not()
    {
        var folder = new SiteFolder().Write("a/index.html", "a").Write("b/index.html", "b");
        await using var site = await StartAsync(folder, request => request with { Paths = [folder.At("a"), folder.At("b")] });
        foreach (var path in (string[])["/no", "/a/no", "/b/no"]) Assert.StartsWith("<!DOCTYPE", await site.TextAsync(path), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(site.Service.Context.Warnings);
        Directory.Delete(folder.At("b"), recursive: true);
        for (var visit = 0; visit < 2; visit++)
        {
            using var nothing = await site.GetAsync("/b/");
            Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        }

        Assert.Equal($"'{folder.At("b")}' is not there any more: visitors find nothing of it. Put it back, or stop the website.", Assert.Single(site.Service.Context.Warnings));
    }

    [Fact]
    public async Task A_folder_without_a_slash_is_sent_on_within_the_site()
    {
        await using var site = await StartAsync(new SiteFolder().Write("a b/c:d/index.html", "x"));
        using var response = await site.GetAsync("/a%20b/c:d?q=1");
        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Equal("/a%20b/c%3Ad/?q=1", response.Headers.GetValues("Location").Single());
    }

    [Theory]
    [InlineData("page.html", "text/html; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("code.js", "text/javascript; charset=utf-8")]
    [InlineData("code.mjs", "text/javascript; charset=utf-8")]
    [InlineData("notes.md", "text/markdown; charset=utf-8")]
    [InlineData("picture.SVG", "image/svg+xml")]
    [InlineData("film.mp4", "video/mp4")]
    [InlineData("app.wasm", "application/wasm")]
    [InlineData("favicon.ico", "image/x-icon")]
    [InlineData("live.m3u8", "application/vnd.apple.mpegurl")]
    [InlineData("live0.ts", "video/mp2t")]
    [InlineData("no-extension", "application/octet-stream")]
    public async Task A_file_has_the_type_of_its_name(string name, string type)
    {
        await using var site = await StartAsync(new SiteFolder().Write(name, "x"));
        using var response = await site.GetAsync("/" + name);
        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("small", 1000)]
    [InlineData("large", 600_000)]
    public async Task A_video_is_sought_in_by_ranges(string name, int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        await using var site = await StartAsync(new SiteFolder().Write(name + ".mp4", bytes));
        using var response = await site.GetAsync($"/{name}.mp4", ("Range", "bytes=100-299"), ("Accept-Encoding", "gzip, br"));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes 100-299/{length}", response.Content.Headers.ContentRange!.ToString());
        Assert.Equal(bytes[100..300], await response.Content.ReadAsByteArrayAsync(Cancel));

        using var whole = await site.GetAsync($"/{name}.mp4");
        Assert.Equal(bytes, await whole.Content.ReadAsByteArrayAsync(Cancel));
        using var beyond = await site.GetAsync($"/{name}.mp4", ("Range", $"bytes={length}-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(600_000)]
    public async Task What_a_visitor_has_is_not_sent_again_until_it_changes(int length)
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.txt", new string('x', length)));
        for (var round = 0; round < 2; round++) // the second time it may come from memory
        {
            using var first = await site.GetAsync("/a.txt");
            Assert.NotNull(first.Content.Headers.LastModified);
            var tag = first.Headers.ETag!.ToString();
            using var again = await site.GetAsync("/a.txt", ("If-None-Match", tag));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            using var other = await site.GetAsync("/a.txt", ("If-Match", "\"other\""));
            Assert.Equal(HttpStatusCode.PreconditionFailed, other.StatusCode);
            site.Folder.Write("a.txt", new string('y', length + round), new DateTime(2024, 5, 6, 7, 8, 10 + round, DateTimeKind.Utc));
            using var changed = await site.GetAsync("/a.txt", ("If-None-Match", tag));
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        }
    }

    [Theory]
    [InlineData("/page.html", "")]
    [InlineData("/page.html", "br")]
    [InlineData("/large.txt", "")]
    [InlineData("/large.txt", "gzip")]
    [InlineData("/folder/", "")]
    [InlineData("/nothing", "")]
    public async Task HEAD_answers_as_GET_without_the_body(string path, string codings)
    {
        await using var site = await StartAsync(new SiteFolder()
            .Write("page.html", new string('x', 5000)).Write("large.txt", new string('x', 600_000)).Write("folder/a", "x"));
        using var get = await site.GetAsync(path, ("Accept-Encoding", codings));
        using var head = await site.SendAsync(HttpMethod.Head, path, ("Accept-Encoding", codings));
        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(Told(get), Told(head));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));

        static string Told(HttpResponseMessage response) => string.Join('\n', response.Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Content-Length" or "Transfer-Encoding"))
            .OrderBy(header => header.Key, StringComparer.Ordinal).Select(header => $"{header.Key}: {string.Join(',', header.Value)}"));
    }

    [Fact]
    public async Task An_empty_file_is_an_empty_answer()
    {
        await using var site = await StartAsync(new SiteFolder().Write("empty.html", ""));
        using var response = await site.GetAsync("/empty.html");
        Assert.Equal((HttpStatusCode.OK, 0L), (response.StatusCode, response.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task A_change_on_disk_shows_at_once()
    {
        var folder = new SiteFolder().Write("a.html", "one");
        await using var site = await StartAsync(folder, clock: new ClockAhead(TimeSpan.FromHours(1))); // what was just written is old: it is held in memory
        Assert.Equal(("one", "one"), (await site.TextAsync("/a.html"), await site.TextAsync("/a.html")));
        folder.Write("a.html", "two", new DateTime(2024, 5, 6, 7, 8, 10, DateTimeKind.Utc));
        Assert.Equal("two", await site.TextAsync("/a.html"));
        File.Delete(folder.At("a.html"));
        using var gone = await site.GetAsync("/a.html");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        folder.Write("a.html/index.html", "a folder now");
        Assert.Equal("a folder now", await site.TextAsync("/a.html/"));
        folder.Write("new.html", "three");
        Assert.Equal("three", await site.TextAsync("/new.html"));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task Only_reading_is_possible(string method)
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.html", "one"));
        using var response = await site.SendAsync(new HttpMethod(method), "/a.html");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal("one", File.ReadAllText(site.Folder.At("a.html")));
    }

    [Fact]
    public async Task A_site_may_have_its_own_page_for_what_is_not_there()
    {
        await using var site = await StartAsync(new SiteFolder().Write("404.html", "<p>mine"), request => request with { ContentSecurityPolicy = "default-src 'none'" });
        using var response = await site.GetAsync("/nothing/here");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("<p>mine", await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Null(response.Headers.ETag);
    }

    [Fact]
    public async Task Without_one_the_common_page_says_what_to_do()
    {
        await using var site = await StartAsync(new SiteFolder());
        using var response = await site.GetAsync("/favicon.ico");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("There is nothing at this address.", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_paths_are_the_top_level()
    {
        var folder = new SiteFolder().Write("one/a.txt", "a").Write("../two/one", "other").Write("../index.html", "start");
        await using var site = await StartAsync(folder, request => request with
        {
            Paths = [folder.At("one"), folder.At("../two/one"), folder.At("../index.html")],
        });
        Assert.Equal(("start", "a", "other"), (await site.TextAsync("/"), await site.TextAsync("/one/a.txt"), await site.TextAsync("/one%20(2)")));
        using var beside = await site.GetAsync("/site/one/a.txt");
        Assert.Equal(HttpStatusCode.NotFound, beside.StatusCode);
    }

    [Fact]
    public async Task Visits_are_counted_and_large_files_are_transfers()
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.html", "x").Write("big.bin", new byte[2_000_000]));
        await site.TextAsync("/a.html");
        using (var big = await site.GetAsync("/big.bin")) Assert.Equal(2_000_000, (await big.Content.ReadAsByteArrayAsync(Cancel)).Length);
        await site.Service.Context.Transfers.WhenIdleAsync(Cancel);
        var transfer = Assert.Single(site.Service.Context.Transfers.Snapshot());
        Assert.Equal(("/big.bin", 2_000_000L), (transfer.Name, transfer.Bytes));
        Assert.Equal(2, site.Service.Status.Visits);
    }

    [Fact]
    public async Task Stopping_waits_for_a_download_under_way_but_not_for_a_visitor_who_only_keeps_a_connection()
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.html", "x").Write("big.bin", new byte[40_000_000]));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Client.BaseAddress!.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /a.html HTTP/1.1\r\nHost: {site.Client.BaseAddress.Authority}\r\n\r\n"), Cancel);
        Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[1], Cancel));

        using var big = await site.GetAsync("/big.bin");
        site.Service.Stop(StopReason.Requested);
        Assert.False(site.Service.Ended.IsCompleted);
        Assert.Equal(40_000_000, (await big.Content.ReadAsByteArrayAsync(Cancel)).Length);
        await site.Service.Ended.WaitAsync(Until.Limit, Cancel);
        Assert.Equal(TransferState.Completed, Assert.Single(site.Service.Context.Transfers.Snapshot()).State);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity")]
    public async Task A_file_that_changes_on_the_way_ends_in_a_broken_connection_not_in_wrong_bytes(string coding)
    {
        var text = new byte[30_000_000]; // more than all buffers on the way hold
        Random.Shared.NextBytes(text);
        await using var site = await StartAsync(new SiteFolder().Write("a.txt", text));
        using var response = await site.GetAsync("/a.txt", ("Accept-Encoding", coding));
        site.Folder.Write("a.txt", "new");
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(Cancel).WaitAsync(Until.Limit, Cancel));
        await site.Service.Context.Transfers.WhenIdleAsync(Cancel);
        var transfer = Assert.Single(site.Service.Context.Transfers.Snapshot());
        Assert.Equal((TransferState.Failed, "The file changed while it was sent, or can't be read any more."), (transfer.State, transfer.Error));
        Assert.Equal("new", await site.TextAsync("/a.txt"));
    }

    [Fact]
    public async Task The_password_gate_stands_before_every_file()
    {
        await using var site = await StartAsync(
            new SiteFolder().Write("index.html", "secret").Write("404.html", "secret"), request => request with { Public = false, Password = "correct-horse" });
        foreach (var path in new[] { "/", "/index.html", "/nothing", "/%2e%2e/" })
        {
            using var response = await site.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        site.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("onionshare:correct-horse"u8));
        Assert.Equal("secret", await site.TextAsync("/"));
    }
}
