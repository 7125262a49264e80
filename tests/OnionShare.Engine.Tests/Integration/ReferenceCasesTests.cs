using System.IO.Compression;
using System.Net;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Archive;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>What the tests of OnionShare itself check of a share, a website and a chat, where no other test here does: the same, or better on purpose.</summary>
public sealed class ReferenceCasesTests : IAsyncDisposable
{
    private readonly LocalEngine _engine = new();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory(Timeout = 120_000)]
    [InlineData(ServiceMode.Share)]
    [InlineData(ServiceMode.Website)]
    [InlineData(ServiceMode.Receive)]
    [InlineData(ServiceMode.Chat)]
    public async Task What_is_public_asks_for_no_password(ServiceMode mode)
    {
        var service = await _engine.StartAsync(RequestOf(mode) with { Public = true });
        using var visitor = LocalEngine.Visit(service);
        Assert.Null(visitor.Client.DefaultRequestHeaders.Authorization);
        using var answer = await visitor.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(answer.Headers.WwwAuthenticate);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(ServiceMode.Share)]
    [InlineData(ServiceMode.Website)]
    [InlineData(ServiceMode.Receive)]
    [InlineData(ServiceMode.Chat)]
    public async Task A_page_is_only_read_and_says_so_of_every_other_method(ServiceMode mode)
    {
        using var visitor = LocalEngine.Visit(await _engine.StartAsync(RequestOf(mode)));
        foreach (var method in (string[])["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
        {
            using var answer = await visitor.SendAsync(new HttpMethod(method), "/");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
            Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
            Assert.Contains("does not take that kind of request", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Firefox_goes_on_with_a_download_by_date_and_by_tag()
    {
        var bytes = Scratch.Bytes(100_001);
        var path = _engine.Scratch.File("a.bin", bytes);
        File.SetLastWriteTimeUtc(path, new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc));
        using var visitor = LocalEngine.Visit(await _engine.ShareAsync(new ShareRequest { Paths = [path], KeepSharing = true }));
        using var first = await visitor.GetAsync("/download", ("Range", "bytes=0-10"));
        var date = first.Content.Headers.GetValues("Last-Modified").Single();
        using var rest = await visitor.GetAsync(
            "/download", ("Range", "bytes=11-"), ("If-Unmodified-Since", date), ("If-Range", first.Headers.ETag!.Tag), ("Accept-Encoding", "gzip, deflate"));
        Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
        Assert.Equal(bytes, (byte[])[.. await first.Content.ReadAsByteArrayAsync(Cancel), .. await rest.Content.ReadAsByteArrayAsync(Cancel)]);

        // There the rule is upside down: an unchanged file gives 304.
        using var earlier = await visitor.GetAsync("/download", ("Range", "bytes=11-"), ("If-Unmodified-Since", "Sun, 05 May 2024 07:08:09 GMT"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, earlier.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wget_goes_on_where_it_stopped()
    {
        var bytes = Scratch.Bytes(500_000);
        var service = await _engine.ShareAsync(new ShareRequest { Paths = [_engine.Scratch.File("a.bin", bytes)], MaxDownloads = 1 });
        using (var visitor = LocalEngine.Visit(service))
        using (var answer = await visitor.GetAsync("/")) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var into = _engine.Scratch.At("download");
        await File.WriteAllBytesAsync(into, bytes[..123_456], Cancel);

        var (exit, output) = await ZipTools.RunAsync("wget", "-q", "--no-proxy", "-c", "-O", into, service.Status.Url + "/download");

        Assert.True(exit == 0, output);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(into, Cancel));
    }

    [Fact(Timeout = 120_000)]
    public async Task Links_that_lead_out_are_in_no_listing_no_zip_and_at_no_address()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: links need a right of their own on Windows");
        var secret = _engine.Scratch.At("secret.txt");
        await File.WriteAllTextAsync(secret, "secret", Cancel);
        _engine.Scratch.File("deep/a.txt", 10);
        File.CreateSymbolicLink(Path.Combine(_engine.Scratch.Files, "root-link.txt"), secret);
        File.CreateSymbolicLink(Path.Combine(_engine.Scratch.Files, "deep", "nested-link.txt"), secret);
        Directory.CreateSymbolicLink(Path.Combine(_engine.Scratch.Files, "folder-link"), _engine.Scratch.Path);
        using var share = LocalEngine.Visit(await _engine.ShareAsync(new ShareRequest { Paths = [_engine.Scratch.Files], KeepSharing = true }));
        using var site = LocalEngine.Visit(await _engine.StartAsync(new WebsiteRequest { Paths = [_engine.Scratch.Files] }));

        foreach (var (visitor, prefix) in new[] { (share, "/files"), (site, "") })
        {
            foreach (var page in (string[])["/", prefix + "/deep/"]) Assert.DoesNotContain("link", await TextOf(visitor, page), StringComparison.Ordinal);
            foreach (var link in (string[])["/root-link.txt", "/deep/nested-link.txt", "/folder-link/", "/folder-link/secret.txt"])
            {
                using var answer = await visitor.GetAsync(prefix + link);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }

        using var zip = new ZipArchive(new MemoryStream(await share.DownloadAsync()));
        Assert.Equal(["deep/", "deep/a.txt"], zip.Entries.Select(static entry => entry.FullName));

        static async Task<string> TextOf(Visitor visitor, string path)
        {
            var page = await visitor.Client.GetStringAsync(path, Cancel);
            return page[page.IndexOf("<main>", StringComparison.Ordinal)..];
        }
    }

    private ServiceRequest RequestOf(ServiceMode mode) => mode switch
    {
        ServiceMode.Share => new ShareRequest { Paths = [_engine.Scratch.File("a.bin", 10)] },
        ServiceMode.Receive => new ReceiveRequest { Path = _engine.Scratch.At("inbox"), MinFreeSpace = 0 },
        ServiceMode.Website => new WebsiteRequest { Paths = [_engine.Scratch.File("index.html", 10)] },
        _ => new ChatRequest(),
    };
}
