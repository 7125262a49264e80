using System.IO.Compression;
using System.Net;
using System.Text;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Website.RunningWebsite;

namespace OnionShare.Engine.Tests.Modes.Website;

public sealed class WebsiteCompressionTests
{
    private static readonly string Long = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n"));

    [Theory]
    [InlineData(2000, "gzip", "gzip")]
    [InlineData(2000, "br", "br")]
    [InlineData(2000, "gzip, deflate, br, zstd", "br")]
    [InlineData(2000, "br;q=0, gzip;q=0.5", "gzip")]
    [InlineData(2000, "*", "br")]
    [InlineData(500_000, "gzip", "gzip")]
    [InlineData(500_000, "gzip, deflate, br, zstd", "gzip")]
    public async Task Text_is_compressed_on_the_way(int length, string accepted, string coding)
    {
        var text = Long[..length];
        await using var site = await StartAsync(new SiteFolder().Write("a.txt", text));
        using var response = await site.GetAsync("/a.txt", ("Accept-Encoding", accepted));
        Assert.Equal([coding], response.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        var body = await response.Content.ReadAsByteArrayAsync(Cancel);
        Assert.True(body.Length < length / 2);
        Assert.Equal(text, Decoded(body, coding));
    }

    [Theory]
    [InlineData("a.txt", 2000, "")]
    [InlineData("a.txt", 2000, "identity")]
    [InlineData("a.txt", 2000, "gzip;q=0, br;q=0.0")]
    [InlineData("a.txt", 2000, "*;q=0")]
    [InlineData("a.txt", 500, "gzip, br")]
    [InlineData("a.jpg", 2000, "gzip, br")]
    [InlineData("a.txt", 500_000, "br")]
    public async Task What_gains_nothing_or_is_not_wanted_is_not_compressed(string name, int length, string accepted)
    {
        await using var site = await StartAsync(new SiteFolder().Write(name, Long[..length]));
        using var response = await site.GetAsync("/" + name, ("Accept-Encoding", accepted));
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Equal(Long[..length], await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(500_000)]
    public async Task A_range_is_never_of_compressed_bytes(int length)
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.txt", Long[..length]));
        using var whole = await site.GetAsync("/a.txt", ("Accept-Encoding", "gzip"));
        using var part = await site.GetAsync("/a.txt", ("Accept-Encoding", "gzip"), ("Range", "bytes=10-19"));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Empty(part.Content.Headers.ContentEncoding);
        Assert.Equal(Long[10..20], await part.Content.ReadAsStringAsync(Cancel));
        Assert.NotEqual(whole.Headers.ETag, part.Headers.ETag);

        // A part of the compressed form can't be had, so the whole comes.
        using var rest = await site.GetAsync("/a.txt", ("Accept-Encoding", "gzip"), ("Range", "bytes=10-19"), ("If-Range", whole.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.OK, rest.StatusCode);
        Assert.Equal(Long[..length], await rest.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData(2000, "identity br gzip")]
    [InlineData(500_000, "identity gzip")]
    public async Task Each_form_has_an_entity_tag_of_its_own_that_is_answered_with_304(int length, string forms)
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.txt", Long[..length]));
        var tags = new HashSet<string>();
        foreach (var accepted in forms.Split(' '))
        {
            using var response = await site.GetAsync("/a.txt", ("Accept-Encoding", accepted));
            var tag = response.Headers.ETag!.ToString();
            Assert.True(tags.Add(tag));
            using var again = await site.GetAsync("/a.txt", ("Accept-Encoding", accepted), ("If-None-Match", tag));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal(["Accept-Encoding"], again.Headers.Vary);
        }
    }

    [Fact]
    public async Task Precompressed_files_beside_the_original_are_preferred_and_can_be_resumed()
    {
        var (br, gz) = (Encoded("from br", "br"), Encoded("from gz", "gzip"));
        await using var site = await StartAsync(new SiteFolder().Write("a.html", "original").Write("a.html.br", br).Write("a.html.gz", gz));
        foreach (var (accepted, coding, bytes) in new[] { ("br, gzip", "br", br), ("gzip", "gzip", gz) })
        {
            using var response = await site.GetAsync("/a.html", ("Accept-Encoding", accepted));
            Assert.Equal([coding], response.Content.Headers.ContentEncoding);
            Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
            Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(Cancel));
            using var rest = await site.GetAsync(
                "/a.html", ("Accept-Encoding", accepted), ("Range", "bytes=3-"), ("If-Range", response.Headers.ETag!.ToString()));
            Assert.Equal(HttpStatusCode.PartialContent, rest.StatusCode);
            Assert.Equal(bytes[3..], await rest.Content.ReadAsByteArrayAsync(Cancel));
        }

        using var plain = await site.GetAsync("/a.html");
        Assert.Equal("original", await plain.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(["Accept-Encoding"], plain.Headers.Vary);
    }

    [Fact]
    public async Task A_precompressed_file_older_than_the_original_is_passed_over_and_a_new_one_taken_at_once()
    {
        var folder = new SiteFolder().Write("a.html", "new").Write("a.html.gz", Encoded("old", "gzip"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await using var site = await StartAsync(folder);
        using var old = await site.GetAsync("/a.html", ("Accept-Encoding", "gzip"));
        Assert.Equal("new", await old.Content.ReadAsStringAsync(Cancel));
        folder.Write("a.html.gz", Encoded("newest", "gzip"));
        using var now = await site.GetAsync("/a.html", ("Accept-Encoding", "gzip"));
        Assert.Equal("newest", Decoded(await now.Content.ReadAsByteArrayAsync(Cancel), "gzip"));
    }

    private static byte[] Encoded(string text, string coding)
    {
        using var bytes = new MemoryStream();
        using (Stream encoder = coding == "br" ? new BrotliStream(bytes, CompressionLevel.Optimal) : new GZipStream(bytes, CompressionLevel.Optimal))
            encoder.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }

    private static string Decoded(byte[] bytes, string coding)
    {
        using var from = new MemoryStream(bytes);
        using Stream decoder = coding == "br" ? new BrotliStream(from, CompressionMode.Decompress) : new GZipStream(from, CompressionMode.Decompress);
        using var reader = new StreamReader(decoder, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
