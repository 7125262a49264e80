using System.Diagnostics;
using OnionShare.Bench.Peers;
using OnionShare.TorNetwork;

namespace OnionShare.Bench;

/// <summary>The other end: fetching over a private Tor network on loopback, over one circuit and over four, and without tor.</summary>
internal sealed class ClientBench(Workplace workplace, bool quick)
{
    private readonly int _runs = quick ? 2 : 3;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var size = quick ? 20_000_000 : 40_000_000; // until circuits are there takes a second or two: of a small file that would be most of the time
        // As relays outside do. In the tests' network they write ten times as often, and what is measured with four circuits is two cores with six tors.
        await using var network = await PrivateTorNetwork.StartAsync(new PrivateTorNetworkOptions { WriteInterval = TimeSpan.FromMilliseconds(10) });
        await using var visitor = await network.StartClientAsync();
        var file = workplace.RandomFile("client/file.bin", size);
        var (one, four, curl) = (new List<double>(), new List<double>(), new List<double>());
        await using (var server = await Ours.StartAsync(workplace, "share", file, "--torrc-include", network.Include, "--public", "--keep-sharing"))
        await using (var client = await WarmEngine.StartAsync(workplace, "other", network.Include))
        {
            for (var run = 0; run < _runs; run++)
            {
                one.Add(size / await client.FetchAsync(server.Url, workplace.Home($"one-{run}"), connections: 1));
                four.Add(size / await client.FetchAsync(server.Url, workplace.Home($"four-{run}"), connections: 4));
                curl.Add(await Curl.RateAsync(server.Url + "/download", "--socks5-hostname", visitor.SocksEndpoint.ToString()));
                Console.Error.WriteLine($"Run {run + 1}: one circuit {one[^1].Rate()}, four {four[^1].Rate()}, curl {curl[^1].Rate()}");
            }
        }

        return
        [
            Compare("through tor, one circuit", one, curl, "curl --socks5-hostname"),
            Compare("through tor, four circuits", four, curl, "curl --socks5-hostname"),
            Compare("the same", four, one, "one circuit"),
            .. await LocalAsync(),
        ];
    }

    private async Task<IReadOnlyList<Row>> LocalAsync()
    {
        var size = quick ? 256L << 20 : 1L << 30;
        var file = workplace.RandomFile("client/local.bin", size);
        var (ours, bare, wget, curl) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await using var server = await Ours.StartAsync(workplace, "share", file, "--local-only", "--public", "--keep-sharing");
        await using var empty = await Ours.StartInAsync(workplace.Home("empty"), "share", workplace.RandomFile("client/empty.bin", 0), "--local-only", "--public", "--keep-sharing");
        for (var run = 0; run < _runs; run++)
        {
            var folder = workplace.Home($"local-{run}");
            var start = await TimeAsync(Workplace.Engine, "fetch", empty.Url, folder, "--local-only"); // what a fetch of nothing takes
            var all = await TimeAsync(Workplace.Engine, "fetch", server.Url, folder, "--local-only");
            ours.Add(size / all);
            bare.Add(size / (all - start));
            Directory.Delete(folder, recursive: true);
            var target = Path.Combine(workplace.Folder, $"wget-{run}");
            wget.Add(size / await TimeAsync("wget", "-q", "-c", "-O", target, server.Url + "/download"));
            File.Delete(target);
            curl.Add(size / await TimeAsync("curl", "-sS", "-f", "-o", target, server.Url + "/download"));
            File.Delete(target);
            Console.Error.WriteLine($"Run {run + 1}: fetch {ours[^1].Rate()} (start {start.Seconds()}), wget {wget[^1].Rate()}, curl {curl[^1].Rate()}");
        }

        return
        [
            Compare($"{size.Megabytes()} on this computer, hashed and on the disk", ours, wget, "wget -c, neither,"),
            Compare("the same, start of the process taken off", bare, wget, "wget -c, neither,"),
            Compare("the same", bare, curl, "curl, neither,"),
        ];
    }

    private static async Task<double> TimeAsync(string program, params string[] arguments)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"{program} failed: {await errors}");
    }

    private static Row Compare(string work, List<double> ours, List<double> peer, string name) =>
        new(work, ours.Median().Rate(), $"{name} {peer.Median().Rate()}", ours.Over(peer).Ratio());
}
