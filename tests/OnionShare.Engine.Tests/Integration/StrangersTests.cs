using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Whatever strangers without the password do, who shows it is served. Row «a stranger without the password shuts visitors out».</summary>
public sealed class StrangersTests(ITestOutputHelper output)
{
    [Fact(Timeout = 600_000)]
    public async Task Sixty_four_visitors_are_served_while_4200_connections_stand_idle_and_200_guess()
    {
        using var scratch = new Scratch();
        await using var engine = EngineProcess.Start(scratch, "share", scratch.File("a.bin", 1000), "--local-only", "--keep-sharing", "--guess-limit", "0");
        var url = await engine.UrlAsync();
        using var first = new Visitor(url);
        var strangers = new List<TcpClient>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        try
        {
            // One who was let in before them: the crowd does not cut this connection.
            using var known = await first.ConnectAsync(first.Get("/"));
            Assert.NotEqual(0, await known.GetStream().ReadAsync(new byte[100], Cancel));

            for (var n = 0; n < 4200; n++) strangers.Add(await first.ConnectAsync("G"));
            var guessing = Enumerable.Range(0, 200).Select(n => GuessAsync(first, n, ending.Token)).ToList();

            var times = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => VisitAsync(url)));

            output.WriteLine($"64 visitors: median {times.Order().ElementAt(32).TotalMilliseconds:0} ms, longest {times.Max().TotalMilliseconds:0} ms");
            await known.GetStream().WriteAsync(Encoding.Latin1.GetBytes(first.Get("/", "Connection: close\r\n")), Cancel);
            using var rest = new StreamReader(known.GetStream(), Encoding.Latin1);
            Assert.Contains("HTTP/1.1 200 ", await rest.ReadToEndAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel), StringComparison.Ordinal);
            await ending.CancelAsync();
            await Task.WhenAll(guessing).WaitAsync(EngineProcess.Limit, Cancel);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Guesses_without_an_end_leave_the_owner_every_other_warning()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.File("a.bin", 1000)], KeepSharing = true, GuessLimit = 0 });
        service.Context.Warn("The first.");
        using var visitor = LocalEngine.Visit(service);
        for (var n = 1; n <= 128; n++)
        {
            var wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes($"onionshare:{n}"));
            using var guesser = await visitor.ConnectAsync($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nAuthorization: Basic {wrong}\r\n\r\n");
        }

        await engine.SeenAsync(happened => happened is ServiceWarned warned && warned.Message.Contains("128.", StringComparison.Ordinal));
        Assert.Equal("The first.", service.Status.Warnings[0]);
        Assert.InRange(service.Status.Warnings.Count, 2, 20);
    }

    private static async Task<TimeSpan> VisitAsync(string url)
    {
        var clock = Stopwatch.StartNew();
        using var visitor = new Visitor(url);
        await visitor.Client.GetStringAsync("/", Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        return clock.Elapsed;
    }

    // One guess after the other, each over a connection of its own: that the oldest of them are cut is what the test is about.
    private static async Task GuessAsync(Visitor visitor, int number, CancellationToken cancellationToken)
    {
        for (var n = 0; !cancellationToken.IsCancellationRequested; n++)
        {
            var wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes($"onionshare:{number}-{n}"));
            try
            {
                using var guesser = await visitor.ConnectAsync($"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nAuthorization: Basic {wrong}\r\n\r\n");
                _ = await guesser.GetStream().ReadAsync(new byte[100], cancellationToken);
            }
            catch (Exception cut) when (cut is IOException or SocketException or OperationCanceledException)
            {
                // Given way.
            }
        }
    }
}
