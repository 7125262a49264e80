using System.Diagnostics;
using System.Globalization;
using OnionShare.Bench.Peers;
using OnionShare.TorNetwork;

namespace OnionShare.Bench;

/// <summary>
/// How far one machine goes: a website on loopback and over the private Tor network, and what of it the service's tor and the engine cost. All relays
/// and visitors run on this machine too, so what was reached says little; what one core of tor alone would reach says where the limit is.
/// </summary>
internal sealed class ScalingBench(Workplace workplace, bool quick)
{
    private readonly int _visitors = quick ? 60 : 300;
    private readonly int _fileSize = quick ? 20_000_000 : 60_000_000;
    private readonly TimeSpan _duration = TimeSpan.FromSeconds(quick ? 5 : 15);

    /// <summary>What the columns hold here.</summary>
    public static IReadOnlyList<string> Header { get; } = ["Work", "Reached, all on this machine", "Cores the engine and its tor used", "One core of tor alone"];

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var site = Path.GetDirectoryName(workplace.RandomFile("site/large.bin", _fileSize))!;
        await File.WriteAllTextAsync(Path.Combine(site, "index.html"), $"<!doctype html><title>Small</title><p>{new string('x', 930)}</p>");
        var rows = new List<Row> { await LoopbackAsync(site) };
        await using var network = await PrivateTorNetwork.StartAsync();
        var tors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => network.StartClientAsync()));
        try
        {
            await using var service = await Ours.StartAsync(workplace, "website", site, "--public", "--torrc-include", network.Include);
            using var usage = new Usage(service.ProcessId, TorBelow(workplace.Folder));
            rows.Add(await DownloadAsync(service.Url, tors, usage, streams: 1));
            rows.Add(await DownloadAsync(service.Url, tors, usage, streams: 4));
            rows.AddRange(await NewVisitorsAsync(service.Url, tors, usage));
        }
        finally
        {
            foreach (var tor in tors) await tor.DisposeAsync();
        }

        return rows;
    }

    private async Task<Row> LoopbackAsync(string site)
    {
        await using var server = await Ours.StartAsync(workplace, "website", site, "--local-only", "--public");
        using var usage = new Usage(server.ProcessId, null);
        await WebsiteBench.RequestsAsync(server.Url, seconds: 3);
        usage.Begin();
        var rate = await WebsiteBench.RequestsAsync(server.Url, (int)_duration.TotalSeconds);
        usage.End();
        return Said(new Row("page of 1 kB, without tor (loopback, wrk -t2 -c32)", PerSecond(rate, "requests"), $"engine {usage.Engine:0.00}", "–"));
    }

    private async Task<Row> DownloadAsync(string url, TorClient[] tors, Usage usage, int streams)
    {
        var browsers = tors.Take(streams).Select(tor => tor.CreateHttpClient("download")).ToArray();
        foreach (var browser in browsers) await browser.GetByteArrayAsync(url + "/index.html"); // the circuit is not what is measured
        usage.Begin();
        await Task.WhenAll(browsers.Select(async browser =>
        {
            await using var body = await browser.GetStreamAsync(url + "/large.bin");
            await body.CopyToAsync(Stream.Null);
        }));
        usage.End();
        foreach (var browser in browsers) browser.Dispose();
        var rate = (double)streams * _fileSize / usage.Seconds;
        var what = streams == 1 ? "download over tor, one stream" : $"download over tor, {streams} streams on {streams} circuits";
        return Said(new Row(what, rate.Rate(), usage.Cores, (rate / usage.Tor).Rate()));
    }

    private async Task<IReadOnlyList<Row>> NewVisitorsAsync(string url, TorClient[] tors, Usage usage)
    {
        var browsers = Enumerable.Range(0, _visitors).Select(number => tors[number % tors.Length].CreateHttpClient($"visitor {number}")).ToArray();
        var (torBefore, engineBefore) = usage.Memory();
        usage.Begin();
        var failed = 0;
        await Parallel.ForEachAsync(browsers, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (browser, cancellation) =>
        {
            try
            {
                await browser.GetByteArrayAsync(url + "/index.html", cancellation);
            }
            catch (HttpRequestException lost)
            {
                Console.Error.WriteLine($"A visitor did not get through: {lost.Message}");
                Interlocked.Increment(ref failed);
            }
        });
        usage.End();
        var arrived = _visitors - failed;
        var rate = arrived / usage.Seconds;
        var (tor, engine) = usage.Memory();
        var coming = Said(new Row(
            $"visitors who come anew, a circuit each ({arrived} of {_visitors} got the page, 16 at a time)",
            PerSecond(rate, "visitors"), usage.Cores, PerSecond(rate / usage.Tor, "visitors")));
        var memory = Said(new Row(
            $"memory of a visitor who is there ({arrived} circuits and connections open)",
            $"tor {Kilobytes(tor - torBefore, arrived)}, engine {Kilobytes(engine - engineBefore, arrived)}",
            $"before them tor {torBefore.Megabytes()}, engine {engineBefore.Megabytes()}", "–"));

        var requests = 0;
        usage.Begin();
        using (var time = new CancellationTokenSource(_duration))
            await Task.WhenAll(browsers.Take(64).Select(browser => AskAsync(browser, url, time, () => Interlocked.Increment(ref requests))));
        usage.End();
        foreach (var browser in browsers) browser.Dispose();
        rate = requests / usage.Seconds;
        return [coming, memory, Said(new Row("page of 1 kB over tor, 64 visitors at once", PerSecond(rate, "requests"), usage.Cores, PerSecond(rate / usage.Tor, "requests")))];
    }

    private static async Task AskAsync(HttpClient browser, string url, CancellationTokenSource time, Action count)
    {
        while (!time.IsCancellationRequested)
        {
            await browser.GetByteArrayAsync(url + "/index.html", CancellationToken.None);
            count();
        }
    }

    private static Process TorBelow(string folder) => Process.GetProcessesByName("tor")
        .First(process => File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(folder, StringComparison.Ordinal));

    private static Row Said(Row row)
    {
        Console.Error.WriteLine($"{row.Work}: {row.Ours}; {row.Peer}; one core of tor {row.Ratio}");
        return row;
    }

    private static string PerSecond(double rate, string what) => string.Create(CultureInfo.InvariantCulture, $"{rate:#,0} {what}/s");

    private static string Kilobytes(long bytes, int among) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0 / among:0} kB");

    /// <summary>What the engine and its tor use between two moments.</summary>
    private sealed class Usage(int engine, Process? tor) : IDisposable
    {
        private readonly Process _engine = Process.GetProcessById(engine);
        private readonly Stopwatch _clock = new();
        private (TimeSpan Engine, TimeSpan Tor) _before;

        /// <summary>How long it was.</summary>
        public double Seconds => _clock.Elapsed.TotalSeconds;

        /// <summary>Cores the engine used.</summary>
        public double Engine { get; private set; }

        /// <summary>Cores its tor used; there is one thread that does nearly all of it.</summary>
        public double Tor { get; private set; }

        public string Cores => string.Create(CultureInfo.InvariantCulture, $"engine {Engine:0.00}, tor {Tor:0.00}");

        public void Begin()
        {
            _before = Processor();
            _clock.Restart();
        }

        public void End()
        {
            _clock.Stop();
            var after = Processor();
            Engine = (after.Engine - _before.Engine) / _clock.Elapsed;
            Tor = (after.Tor - _before.Tor) / _clock.Elapsed;
        }

        /// <summary>Resident bytes.</summary>
        public (long Tor, long Engine) Memory()
        {
            _engine.Refresh();
            tor!.Refresh();
            return (tor.WorkingSet64, _engine.WorkingSet64);
        }

        public void Dispose()
        {
            _engine.Dispose();
            tor?.Dispose();
        }

        private (TimeSpan Engine, TimeSpan Tor) Processor()
        {
            _engine.Refresh();
            tor?.Refresh();
            return (_engine.TotalProcessorTime, tor?.TotalProcessorTime ?? TimeSpan.Zero);
        }
    }
}
