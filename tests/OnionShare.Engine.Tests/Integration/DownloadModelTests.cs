using System.Net.Sockets;
using System.Text;
using CsCheck;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Saved;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Downloads by ranges that are cut at random places: never a byte wrong, and no share stops for a whole that nobody can have.</summary>
public sealed class DownloadModelTests
{
    private const int Length = 200_000;

    private static readonly Gen<Ask[]> Asks = Gen.Select(Gen.Int[0, Length - 1], Gen.Int[1, Length], Gen.Int[0, 130], Gen.Int[0, 1], (from, count, percent, visitor) => new Ask(from, Math.Min(count, Length - from), Math.Min(percent, 100), visitor)).Array[0, 8];

    [Fact(Timeout = 600_000)]
    public Task Every_byte_is_right_and_a_share_stops_only_when_one_visitor_can_have_them_all() =>
        Asks.SampleAsync(PlayAsync, iter: ServiceLifeModelTests.Iterations, threads: 1, print: asks => string.Join(", ", asks.Select(ask => ask.ToString())));

    private static async Task PlayAsync(Ask[] asks)
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(Length);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        var asked = new[] { new bool[Length], new bool[Length] };
        foreach (var ask in asks)
        {
            using var visitor = LocalEngine.Visit(service, $"Visitor/{ask.Visitor}");
            Array.Fill(asked[ask.Visitor], true, ask.From, ask.Count);
            var got = await FetchAsync(visitor, ask);
            Assert.True(got.AsSpan().SequenceEqual(bytes.AsSpan(ask.From, got.Length)), "wrong bytes");
            if (ask.Percent == 100) Assert.Equal(ask.Count, got.Length);
            // What one asked for may all have got out; the rest can't have.
            if (asked.Any(one => Array.TrueForAll(one, isAsked => isAsked))) return;
            Assert.Equal(ServiceState.Running, service.Status.State);
        }

        using var last = LocalEngine.Visit(service, "Another");
        Assert.Equal(bytes, await last.DownloadAsync());
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    /// <summary>Asks for a range, reads so much of it, and hangs up.</summary>
    private static async Task<byte[]> FetchAsync(Visitor visitor, Ask ask)
    {
        var agent = visitor.Client.DefaultRequestHeaders.UserAgent.ToString();
        using var client = await visitor.ConnectAsync(visitor.Get("/download", $"Range: bytes={ask.From}-{ask.From + ask.Count - 1}\r\nUser-Agent: {agent}\r\n"));
        var stream = client.GetStream();
        var head = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. head]).EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, Cancel);
            head.Add(one[0]);
        }

        Assert.StartsWith("HTTP/1.1 206 ", Encoding.ASCII.GetString([.. head]), StringComparison.Ordinal);
        var got = new byte[(int)((long)ask.Count * ask.Percent / 100)];
        await stream.ReadExactlyAsync(got, Cancel);
        if (ask.Percent < 100) client.Client.LingerState = new LingerOption(true, 0);
        return got;
    }

    private sealed record Ask(int From, int Count, int Percent, int Visitor);
}
