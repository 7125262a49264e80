using System.Net;
using System.Security.Cryptography;
using OnionShare.Contracts;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Row «a receipt with a hash that everybody who has the password can read stands for a download».</summary>
public sealed class ReceiptTests
{
    [Fact(Timeout = 120_000)]
    public async Task Another_hash_or_length_is_no_receipt_and_the_right_one_ends_the_share()
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(100_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service);
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        await Until.TrueAsync(IsHashedAsync);
        using var got = await visitor.GetAsync("/download", (DownloadReceipt.Header, id));
        Assert.Equal(bytes, await got.Content.ReadAsByteArrayAsync(Cancel));

        Assert.Equal(HttpStatusCode.Conflict, await TellAsync(bytes.Length, SHA256.HashData("other"u8)));
        Assert.Equal(HttpStatusCode.Conflict, await TellAsync(bytes.Length - 1, SHA256.HashData(bytes)));
        Assert.Equal(HttpStatusCode.NoContent, await TellAsync(bytes.Length, SHA256.HashData(bytes)));
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);

        async Task<bool> IsHashedAsync()
        {
            using var head = await visitor.SendAsync(HttpMethod.Head, "/download", (ReprDigest.Wanted, "sha-256=10"));
            return head.Headers.Contains(ReprDigest.Header) || head.Content.Headers.Contains(ReprDigest.Header);
        }

        async Task<HttpStatusCode> TellAsync(long length, byte[] hash)
        {
            using var answer = await visitor.SendAsync(
                HttpMethod.Post, $"/download/receipt?bytes={length}", (DownloadReceipt.Header, id), ("If-Match", got.Headers.ETag!.ToString()), (ReprDigest.Header, ReprDigest.Of(hash)));
            return answer.StatusCode;
        }
    }
}
