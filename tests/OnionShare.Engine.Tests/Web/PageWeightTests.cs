using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>What a slow circuit carries: pages and their assets compressed, and nothing twice.</summary>
public sealed partial class PageWeightTests
{
    [Fact(Timeout = 120_000)]
    public async Task Pages_come_compressed_to_who_takes_that_and_error_pages_too()
    {
        await using var engine = new LocalEngine();
        for (var n = 0; n < 200; n++) engine.Scratch.File($"{n}.txt", 1);
        var service = await engine.ShareAsync(engine.Scratch.Files);
        using var visitor = LocalEngine.Visit(service);
        foreach (var path in (string[])["/", "/nothing"])
        {
            using var plain = await visitor.GetAsync(path);
            using var gzip = await visitor.GetAsync(path, ("Accept-Encoding", "gzip, br"));
            Assert.Equal((plain.StatusCode, "Accept-Encoding, Accept-Language"), (gzip.StatusCode, string.Join(", ", gzip.Headers.Vary)));
            Assert.Equal("gzip", gzip.Content.Headers.ContentEncoding.Single());
            Assert.Empty(plain.Content.Headers.ContentEncoding);
            var (whole, small) = (await plain.Content.ReadAsByteArrayAsync(Cancel), await gzip.Content.ReadAsByteArrayAsync(Cancel));
            Assert.Equal(whole, await UnpackAsync(new GZipStream(new MemoryStream(small), CompressionMode.Decompress)));
            Assert.InRange(small.Length, 1, whole.Length * 2 / 3);
            using var head = await visitor.SendAsync(HttpMethod.Head, path, ("Accept-Encoding", "gzip"));
            Assert.Equal(("gzip", gzip.StatusCode), (head.Content.Headers.ContentEncoding.Single(), head.StatusCode));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Assets_come_compressed_with_a_tag_of_their_coding_and_not_twice()
    {
        await using var engine = new LocalEngine();
        var service = await engine.StartAsync(new ChatRequest());
        using var visitor = LocalEngine.Visit(service);
        var path = Script.Match(await visitor.Client.GetStringAsync("/", Cancel)).Groups[1].Value;
        using var plain = await visitor.GetAsync(path);
        var whole = await plain.Content.ReadAsByteArrayAsync(Cancel);
        foreach (var (coding, accepted) in ((string, string)[])[("gzip", "gzip"), ("br", "gzip, br"), ("", "identity")])
            await AssertComesAsync(coding, accepted);

        async Task AssertComesAsync(string coding, string accepted)
        {
            using var answer = await visitor.GetAsync(path, ("Accept-Encoding", accepted));
            var bytes = await answer.Content.ReadAsByteArrayAsync(Cancel);
            Assert.Equal(coding, string.Join(',', answer.Content.Headers.ContentEncoding));
            Assert.Equal(coding.Length == 0, answer.Headers.ETag!.Equals(plain.Headers.ETag));
            Assert.Equal("Accept-Encoding", answer.Headers.Vary.Single());
            Assert.Equal(whole, coding switch
            {
                "gzip" => await UnpackAsync(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)),
                "br" => await UnpackAsync(new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress)),
                _ => bytes,
            });
            if (coding.Length > 0) Assert.InRange(bytes.Length, 1, whole.Length / 2);
            using var again = await visitor.GetAsync(path, ("Accept-Encoding", accepted), ("If-None-Match", answer.Headers.ETag!.ToString()));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Empty(again.Content.Headers.ContentEncoding);
        }
    }

    [GeneratedRegex("<script src=\"([^\"]+)\"")]
    private static partial Regex Script { get; }

    private static async Task<byte[]> UnpackAsync(Stream packed)
    {
        var all = new MemoryStream();
        await using (packed) await packed.CopyToAsync(all, Cancel);
        return all.ToArray();
    }
}
