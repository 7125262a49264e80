using System.Diagnostics;
using System.Net.Sockets;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Many services, many visitors, many requests.</summary>
public sealed class ManyTests(ITestOutputHelper output)
{
    [Fact(Timeout = 600_000)]
    public async Task Sixty_services_run_at_once_each_on_a_port_of_its_own()
    {
        await using var engine = new LocalEngine();
        var files = Enumerable.Range(0, 60).Select(n => engine.Scratch.File($"{n}.bin", 100 + n)).ToList();

        var services = await Task.WhenAll(files.Select(file => engine.ShareAsync(file)));

        Assert.Equal(60, services.Select(service => service.Status.Port).Distinct().Count());
        Assert.Equal(60, services.Select(service => service.Status.Name).Distinct().Count());
        for (var n = 0; n < 60; n++)
        {
            using var visitor = LocalEngine.Visit(services[n]);
            Assert.Equal(await File.ReadAllBytesAsync(files[n], Cancel), await visitor.DownloadAsync());
        }

        await Task.WhenAll(services.Select(LocalEngine.EndAsync));
    }

    [Fact(Timeout = 600_000)]
    public async Task With_500_slow_visitors_and_300_who_never_finish_their_request_pages_come_while_all_of_them_are_served()
    {
        // Rows «four downloads at 50 kB/s stop the service» and «slow senders».
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", 20_000_000));
        var idle = await engine.ShareAsync(engine.Scratch.File("b.bin", 1000));
        using var visitor = LocalEngine.Visit(service);
        using var elsewhere = LocalEngine.Visit(idle);
        var connections = new List<TcpClient>();
        try
        {
            for (var n = 0; n < 300; n++) connections.Add(await visitor.ConnectAsync($"GET /{n} HTTP/1.1\r\nHost: "));
            for (var n = 0; n < 500; n++) connections.Add(await visitor.ConnectAsync(visitor.Get("/download")));
            await engine.SeenAsync(happened => happened is TransferChanged { Transfer.Id: 500 });
            await visitor.Client.GetStringAsync("/", Cancel);
            Assert.Equal(500, service.Status.ActiveTransfers);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var trickle = TrickleAsync(connections.Skip(300).ToList(), ending.Token);

            // The load of the machine, and that of the slow visitors on it, is on both services alike, request by request.
            var (busy, free) = (new List<TimeSpan>(), new List<TimeSpan>());
            for (var n = 0; n < 60; n++)
            {
                busy.Add(await PageAsync(visitor));
                free.Add(await PageAsync(elsewhere));
            }

            Assert.Equal(500, service.Status.ActiveTransfers); // none had ended or been dropped to make room
            await ending.CancelAsync();
            await trickle;
            busy.Sort();
            free.Sort();
            output.WriteLine($"median page: {busy[30].TotalMilliseconds:0.0} ms with 500 slow visitors, {free[30].TotalMilliseconds:0.0} ms in a service beside it; process {Environment.WorkingSet >> 20} MiB");
            // A server that served one visitor after the other would take as long as they do. The floor is for pages so quick that a ratio says nothing.
            Assert.InRange(busy[30], TimeSpan.Zero, (10 * free[30]) + TimeSpan.FromMilliseconds(50));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    [Fact(Timeout = 600_000)]
    public async Task Memory_is_flat_over_thousands_of_requests()
    {
        // Row «memory grows with every request», row «CVE-2022-21688». 100,000 in the bench.
        using var scratch = new Scratch();
        await using var engine = EngineProcess.Start(scratch, "share", scratch.File("a.bin", 1000), "--local-only", "--keep-sharing");
        using var visitor = new Visitor(await engine.UrlAsync());
        await RequestAsync(visitor, 4000);
        engine.Process.Refresh();
        var before = engine.Process.WorkingSet64;

        await RequestAsync(visitor, 8000);

        engine.Process.Refresh();
        var grown = engine.Process.WorkingSet64 - before;
        output.WriteLine($"resident {before >> 20} MiB; after 8,000 requests more {grown >> 10} KiB more");
        Assert.InRange(grown, long.MinValue, 12 << 20);
        Assert.InRange(engine.Process.WorkingSet64, 1, 200 << 20);
    }

    private static Task RequestAsync(Visitor visitor, int count) => Parallel.ForAsync(
        0,
        count,
        new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel },
        async (n, cancellationToken) =>
        {
            var path = (n % 3) switch { 0 => "/download", 1 => "/", _ => $"/not/here/{n}/{new string('x', 1000)}" };
            using var answer = await visitor.Client.GetAsync(path, cancellationToken);
            await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        });

    private static async Task<TimeSpan> PageAsync(Visitor visitor)
    {
        var clock = Stopwatch.StartNew();
        await visitor.Client.GetStringAsync("/", Cancel);
        return clock.Elapsed;
    }

    private static async Task TrickleAsync(List<TcpClient> visitors, CancellationToken cancellationToken)
    {
        var buffer = new byte[1000];
        try
        {
            // 10 kB/s each: without a pause they would have the whole file, and the share would end, where the pages below take minutes.
            while (true)
            {
                foreach (var visitor in visitors) Assert.NotEqual(0, await visitor.GetStream().ReadAsync(buffer, cancellationToken));
                await Task.Delay(100, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen what it wanted.
        }
    }
}
