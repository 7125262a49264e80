using System.Net;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>What strangers send, against a running share.</summary>
public sealed class HostileRequestTests
{
    [Fact(Timeout = 120_000)]
    public async Task Without_the_password_nothing_is_told_and_nothing_counted_on_any_path()
    {
        // Rows «CVE-2021-41868», «local bypass».
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.File("top-secret.txt", "the bytes"u8.ToArray())], KeepSharing = true, Title = "Hidden title" });
        using var visitor = LocalEngine.Visit(service);
        visitor.Client.DefaultRequestHeaders.Authorization = null;

        foreach (var path in new[] { "/", "/download", "/files/top-secret.txt", "/files/", "/nope", "/style.css", "/%2e%2e/" })
        {
            foreach (var method in new[] { "GET", "HEAD", "POST", "OPTIONS", "PUT" })
            {
                using var answer = await visitor.SendAsync(new HttpMethod(method), path);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
                var text = answer.Headers + await answer.Content.ReadAsStringAsync(Cancel);
                Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
                Assert.DoesNotContain("Hidden", text, StringComparison.Ordinal);
                // Row «CVE-2022-21694».
                Assert.StartsWith("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            }
        }

        Assert.Equal(0, service.Status.Visits);
        Assert.Empty(service.Context.Transfers.Snapshot());
    }

    [Fact(Timeout = 120_000)]
    public async Task In_no_mode_anything_answers_without_the_password()
    {
        await using var engine = new LocalEngine();
        var file = engine.Scratch.File("site/index.html", 10);
        var services = new (ServiceRequest Request, string[] Gets, string[] Posts)[]
        {
            (new WebsiteRequest { Paths = [Path.GetDirectoryName(file)!] }, ["/", "/index.html", "/nope"], ["/"]),
            (new ReceiveRequest { Path = engine.Scratch.At("inbox"), MinFreeSpace = 0 }, ["/", $"/files/{new string('0', 32)}/0"], ["/upload", "/upload-ajax", "/files", "/submissions"]),
            (new ChatRequest(), ["/", "/socket", "/plain", "/plain/messages?seat=x", "/plain/write?seat=x"], ["/plain/say", "/plain/rename", "/plain/leave"]),
            (new ShareRequest { Paths = [file] }, ["/", "/download", "/files.json"], ["/download/receipt"]),
        };
        foreach (var (request, gets, posts) in services)
        {
            using var visitor = LocalEngine.Visit(await engine.StartAsync(request));
            visitor.Client.DefaultRequestHeaders.Authorization = null;
            foreach (var (method, path) in gets.Select(path => (HttpMethod.Get, path)).Concat(posts.Select(path => (HttpMethod.Post, path))))
            {
                using var answer = await visitor.SendAsync(method, path);
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {answer.StatusCode}");
            }
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("evil.example", 421)]
    [InlineData("127.0.0.1", 421)]
    [InlineData("127.0.0.1:1", 421)]
    [InlineData("", 400)]
    [InlineData("[", 400)]
    [InlineData("evil example", 400)]
    [InlineData("a:b:c", 400)]
    [InlineData("%", 400)]
    public async Task A_foreign_host_gets_nothing_although_the_password_is_right(string host, int status)
    {
        // Row «local bypass»: DNS rebinding.
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("secret.txt", 10));
        using var visitor = LocalEngine.Visit(service);

        var answer = await visitor.RawAsync($"GET /download HTTP/1.1\r\nHost: {host}\r\n{visitor.Authorization}Connection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_foreign_origin_may_change_nothing()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.txt", 10));
        using var visitor = LocalEngine.Visit(service);
        using var post = await visitor.SendAsync(HttpMethod.Post, "/", ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, post.StatusCode);
        var upgrade = await visitor.RawAsync(visitor.Get("/", "Origin: http://evil.example\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"));
        Assert.StartsWith("HTTP/1.1 403 ", upgrade, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("/files/..%2f..%2fetc%2fpasswd")]
    [InlineData("/files/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/files/sub%2fa.txt%00")]
    [InlineData("/files/%00")]
    [InlineData("/files/..%5c..%5cetc")]
    [InlineData("/files//etc/passwd")]
    [InlineData("/files/%2fetc%2fpasswd")]
    [InlineData("/files/sub/a.txt/")]
    [InlineData("/files/sub/%252e%252e/a.txt")]
    [InlineData("/files/%ff%fe")]
    [InlineData("/00000000000000000000000000000000/style.css")]
    [InlineData("/assets/style.css")]
    [InlineData("/%0d%0aSet-Cookie:x=y")]
    [InlineData("/%1b%5b2J%e2%80%ae%00")]
    public async Task Hostile_paths_lead_nowhere_and_come_back_in_no_answer_and_no_event(string path)
    {
        // Rows «copyparty CVE-2023-37474», «CVE-2022-21690», «GHSA-24m9».
        await using var engine = new LocalEngine();
        engine.Scratch.File("sub/a.txt", 10);
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true });
        using var visitor = LocalEngine.Visit(service);

        var answer = await visitor.RawAsync(visitor.Get(path, "Connection: close\r\n"));

        Assert.Matches("^HTTP/1.1 (404|400) ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', answer);
        Assert.DoesNotContain('\0', answer);
        Assert.DoesNotContain(engine.Events, happened => happened is ServiceWarned or TransferChanged);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("?page=%00")]
    [InlineData("?page=-99999999999999999999")]
    [InlineData("?page=2147483648&page=1")]
    [InlineData("?%zz[&=%ff")]
    [InlineData("?<script>")]
    [InlineData("?//evil.example/")]
    public async Task A_hostile_query_gets_the_page_as_ever(string query)
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.txt", 10));
        using var visitor = LocalEngine.Visit(service);

        var answer = await visitor.RawAsync(visitor.Get("/" + query, "Connection: close\r\n"));

        Assert.Contains("a.txt", answer, StringComparison.Ordinal);
        Assert.Matches("^HTTP/1.1 200 ", answer);
        Assert.DoesNotContain("evil", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Hostile_names_are_shown_escaped_in_the_page_and_in_events()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: Windows has no such names");
        // Rows «CVE-2022-21690», «scp CVE-2019-6109».
        await using var engine = new LocalEngine();
        engine.Scratch.File("<script>alert(1)<\u001b[2J>\u202etxt\r\n", 10);
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true });
        using var visitor = LocalEngine.Visit(service);

        var page = await visitor.Client.GetStringAsync("/", Cancel);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        Assert.Contains("\\u{202E}txt\\u{D}\\u{A}", page, StringComparison.Ordinal);
        var link = page.Split("href=\"/files/")[1].Split('"')[0];
        Assert.Equal(10, (await visitor.DownloadAsync("/files/" + link)).Length);

        var transfer = await engine.EndOfTransferAsync(service);
        Assert.DoesNotContain(transfer.Name, character => char.IsControl(character) || character == '\u202e');
    }

    [Fact(Timeout = 120_000)]
    public async Task Oversized_and_malformed_requests_are_refused_and_the_next_visitor_is_served()
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(1000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service);
        var requests = new (string Text, int Status)[]
        {
            ($"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: {visitor.Host}\r\n\r\n", 414),
            ($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nX: {new string('a', 40_000)}\r\n\r\n", 431),
            ($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\n{string.Concat(Enumerable.Range(0, 200).Select(n => $"X{n}: 1\r\n"))}\r\n", 431),
            ("NONSENSE\r\n\r\n", 400),
            ($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nHost: {visitor.Host}\r\n\r\n", 400),
            ($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nX : 1\r\n\r\n", 400),
            ($"POST / HTTP/1.1\r\nHost: {visitor.Host}\r\nConnection: close\r\n{visitor.Authorization}Content-Length: 5\r\n\r\nhello", 405),
        };
        foreach (var (text, status) in requests) Assert.StartsWith($"HTTP/1.1 {status} ", await visitor.RawAsync(text), StringComparison.Ordinal);

        Assert.Equal(bytes, await visitor.DownloadAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task As_many_different_wrong_passwords_as_are_allowed_stop_the_service_and_say_why()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.File("a.bin", 10)], GuessLimit = 3 });
        using var visitor = LocalEngine.Visit(service);

        var guesses = Enumerable.Range(0, 3).Select(n => visitor.RawAsync(
            $"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nConnection: close\r\nAuthorization: Basic {Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"onionshare:guess{n}"))}\r\n\r\n")).ToList();
        await LocalEngine.EndAsync(service);

        await Task.WhenAll(guesses.Select(guess => guess.ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default)));
        Assert.Equal(StopReason.PasswordGuessing, service.Status.StopReason);
        Assert.Contains("Somebody has the address and guesses.", service.Status.Warnings[^1], StringComparison.Ordinal);
    }
}
