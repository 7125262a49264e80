using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OnionShare.Bench.Peers;
using OnionShare.TorNetwork;

namespace OnionShare.Bench;

/// <summary>
/// How long 64 visitors who show the password wait for a page, all at once and each over a connection of its own, while strangers hold thousands of connections
/// open without a request and hundreds of others guess passwords: on this computer, and through the private Tor network, where strangers and visitors have
/// tors of their own.
/// </summary>
internal sealed class StrangersBench(Workplace workplace, bool quick)
{
    private const int VisitorsAtOnce = 64;
    private const int Guessers = 200;
    private const int StreamsOfACircuit = 100;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private readonly int _idle = quick ? 1_000 : 4_200;
    private readonly int _rounds = quick ? 2 : 5;
    private readonly string _file = workplace.RandomFile("shared/a.bin", 1000);

    /// <summary>What the columns hold here.</summary>
    public static IReadOnlyList<string> Header { get; } =
        ["64 visitors at once with the right password: a page, over a connection of its own each", "Nobody else: median, longest", "Among strangers: median, longest", "Within 1 s"];

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        List<Row> rows = [];
        await using (var service = await Ours.StartAsync(workplace, "share", _file, "--keep-sharing", "--guess-limit", "0", "--local-only"))
        {
            var url = new Uri(service.Url);
            rows.Add(await MeasureAsync("without tor", url, _ => new SocketsHttpHandler { UseProxy = false }, async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(url.Host, url.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }));
        }

        await using var network = await PrivateTorNetwork.StartAsync();
        var tors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => network.StartClientAsync()));
        try
        {
            await using var service = await Ours.StartAsync(workplace, "share", _file, "--keep-sharing", "--guess-limit", "0", "--torrc-include", network.Include);
            rows.Add(await MeasureAsync("through tor, over circuits that are there", new Uri(service.Url), number => tors[number % 2].CreateHandler($"visitor {number}"),
                (number, cancellation) => ThroughTorAsync(tors[2 + (number % 2)], $"stranger {number / StreamsOfACircuit}", new Uri(service.Url).Host, cancellation)));
        }
        finally
        {
            foreach (var tor in tors) await tor.DisposeAsync();
        }

        return rows;
    }

    private async Task<Row> MeasureAsync(string how, Uri url, Func<int, SocketsHttpHandler> handler, Func<int, CancellationToken, Task<Stream>> connect)
    {
        using var ending = new CancellationTokenSource();
        var visitors = Enumerable.Range(0, VisitorsAtOnce).Select(number => new HttpClient(Fresh(handler(number))) { BaseAddress = new Uri($"http://{url.Authority}/"), Timeout = TimeSpan.FromMinutes(3) }).ToArray();
        foreach (var visitor in visitors) visitor.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
        var strangers = new ConcurrentBag<Stream>();
        try
        {
            await VisitAsync(visitors); // what a first visit costs is not what is measured
            Console.Error.WriteLine($"{how}: all {VisitorsAtOnce} visitors have been there.");
            var alone = await RoundsAsync(visitors);

            var lost = 0;
            await Parallel.ForAsync(0, _idle, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (number, cancellation) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                limit.CancelAfter(ConnectLimit);
                try
                {
                    var stranger = await connect(number, limit.Token);
                    strangers.Add(stranger);
                    await stranger.WriteAsync("G"u8.ToArray(), limit.Token);
                }
                catch (Exception refused) when (refused is IOException or SocketException or OperationCanceledException)
                {
                    Interlocked.Increment(ref lost);
                }
            });
            var guesses = 0;
            var guessing = Enumerable.Range(0, Guessers).Select(number => GuessAsync(number, url.Authority, connect, () => Interlocked.Increment(ref guesses), ending.Token)).ToArray();
            var among = await RoundsAsync(visitors);
            await ending.CancelAsync();
            await Task.WhenAll(guessing);

            var within = among.Count(seconds => seconds < 1);
            var row = new Row(
                string.Create(CultureInfo.InvariantCulture, $"{how}: {_idle - lost:#,0} idle connections, {Guessers} guessers ({guesses:#,0} guesses made meanwhile)"),
                Show(alone), Show(among), string.Create(CultureInfo.InvariantCulture, $"{within} of {among.Count}"));
            Console.Error.WriteLine(row);
            return row;
        }
        finally
        {
            foreach (var stranger in strangers) await stranger.DisposeAsync();
            foreach (var visitor in visitors) visitor.Dispose();
        }
    }

    // Each request over a connection of its own: one that is there already has no need to get past anybody.
    private static SocketsHttpHandler Fresh(SocketsHttpHandler handler)
    {
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        return handler;
    }

    private async Task<IReadOnlyList<double>> RoundsAsync(HttpClient[] visitors)
    {
        List<double> seconds = [];
        for (var round = 0; round < _rounds; round++) seconds.AddRange(await VisitAsync(visitors));
        return seconds;
    }

    private static Task<double[]> VisitAsync(HttpClient[] visitors) => Task.WhenAll(visitors.Select(async visitor =>
    {
        var clock = Stopwatch.StartNew();
        await visitor.GetStringAsync("/");
        return clock.Elapsed.TotalSeconds;
    }));

    // One guess after the other, each over a connection of its own.
    private static async Task GuessAsync(int number, string host, Func<int, CancellationToken, Task<Stream>> connect, Action count, CancellationToken cancellationToken)
    {
        for (var n = 0; !cancellationToken.IsCancellationRequested; n++)
        {
            var wrong = Convert.ToBase64String(Encoding.UTF8.GetBytes($"onionshare:{number}-{n}"));
            try
            {
                await using var guesser = await connect(number * 21, cancellationToken);
                count();
                await guesser.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {wrong}\r\n\r\n"), cancellationToken);
                _ = await guesser.ReadAsync(new byte[100], cancellationToken);
            }
            catch (Exception cut) when (cut is IOException or SocketException or OperationCanceledException)
            {
                // It gave way to a newer stranger, or this is the end.
            }
        }
    }

    // SOCKS 5 with a name for the circuit (RFC 1928, RFC 1929; tor(1), IsolateSOCKSAuth).
    private static async Task<Stream> ThroughTorAsync(TorClient tor, string circuit, string host, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(tor.SocksEndpoint, cancellationToken);
        var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            // tor leaves out its answer to the greeting when more has come by then.
            var answer = new byte[2 + 10];
            await stream.WriteAsync((byte[])[5, 1, 2], cancellationToken);
            await stream.ReadExactlyAsync(answer.AsMemory(0, 2), cancellationToken);
            await stream.WriteAsync((byte[])[1, (byte)circuit.Length, .. Encoding.ASCII.GetBytes(circuit), 1, (byte)'x', 5, 1, 0, 3, (byte)host.Length, .. Encoding.ASCII.GetBytes(host), 0, 80], cancellationToken);
            await stream.ReadExactlyAsync(answer, cancellationToken);
            return answer[3] == 0 ? stream : throw new IOException($"tor refuses: {answer[3]}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static string Show(IReadOnlyList<double> seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds.Median() * 1000:0} ms, {seconds.Max() * 1000:0} ms");
}
