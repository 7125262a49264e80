using System.Net;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Programs that fetch over several connections at once, from a share that stops by itself.</summary>
public sealed class LastRangesTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_range_asked_for_after_the_last_byte_is_still_sent_and_then_the_share_ends()
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(400_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service, "Axel/2.17");
        using var other = LocalEngine.Visit(service, "Other/1.0");
        await GetRangeAsync(visitor, 0, 200_000);
        await GetRangeAsync(visitor, 200_000, 400_000);

        using (var refused = await other.GetAsync("/download")) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(bytes[100_000..300_000], await GetRangeAsync(visitor, 100_000, 300_000));

        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);

        static async Task<byte[]> GetRangeAsync(Visitor visitor, int from, int to)
        {
            using var answer = await visitor.GetAsync("/download", ("Range", $"bytes={from}-{to - 1}"));
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            return await answer.Content.ReadAsByteArrayAsync(Cancel);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_share_stopped_meanwhile_does_not_wait_for_late_ranges()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", 1000));
        using var visitor = LocalEngine.Visit(service);
        using (var all = await visitor.GetAsync("/download", ("Range", "bytes=0-"))) await all.Content.ReadAsByteArrayAsync(Cancel);

        service.Stop(StopReason.Requested);

        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Requested, service.Status.StopReason);
    }
}
