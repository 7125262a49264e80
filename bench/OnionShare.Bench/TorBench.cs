using System.Diagnostics;
using System.Security.Cryptography;
using OnionShare.Bench.Peers;
using OnionShare.TorNetwork;

namespace OnionShare.Bench;

/// <summary>Share mode over a private Tor network on loopback: how soon a visitor has it, and whether all of it arrives.</summary>
internal sealed class TorBench(Workplace workplace, bool quick)
{
    private readonly int _runs = quick ? 3 : 9;
    private readonly int _bridgedRuns = quick ? 3 : 5;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var network = await PrivateTorNetwork.StartAsync();
        await using var visitor = await network.StartClientAsync();
        await using var warm = await network.StartClientAsync(new TorClientOptions { ControlPort = true });
        var small = workplace.RandomFile("tor/small.bin", 10_000);
        string[] share = ["share", small, "--torrc-include", network.Include, "--public", "--keep-sharing"];

        var (cold, coldAlone, hot, hotAlone, theirs) = (new List<Times>(), new List<Times>(), new List<Times>(), new List<Times>(), new List<Times>());
        // Scoped: an engine with nothing to run ends by itself after a minute, and the downloads below take longer.
        await using (var engine = await WarmEngine.StartAsync(workplace, "warm", network.Include))
        {
            for (var run = 0; run < _runs; run++)
            {
                cold.Add(await TimeAsync(visitor, () => Ours.StartAsync(workplace, share)));
                coldAlone.Add(await TorAlone.ColdAsync(workplace, network.Include, url => FetchAsync(visitor, url)));
                hot.Add(await engine.TimeAsync(visitor, small));
                hotAlone.Add(await TorAlone.WarmAsync(warm, url => FetchAsync(visitor, url)));
                theirs.Add(await TimeAsync(visitor, () => OnionShareCli.StartAsync(
                    workplace, "--config", Configure(warm), "--public", "--no-autostop-sharing", small)));
                Console.Error.WriteLine($"Run {run + 1}: cold {cold[^1]}, alone {coldAlone[^1]}; warm {hot[^1]}, alone {hotAlone[^1]}; onionshare-cli {theirs[^1]}");
            }
        }

        var (bridgedHot, bridgedCold) = await BehindABridgeAsync(network, visitor, small);
        return
        [
            Compare("tor cold, its own: process start → fetched by the other side", cold, coldAlone, times => times.Fetched, "tor alone, started and ADD_ONION by hand → fetched,"),
            Compare("tor cold, its own: process start → URL", cold, coldAlone, times => times.Url, "tor alone, the same → descriptor uploaded,"),
            Compare("tor warm: asked for → fetched", hot, hotAlone, times => times.Fetched, "tor alone, ADD_ONION by hand → fetched,"),
            Compare("tor warm: asked for → URL", hot, hotAlone, times => times.Url, "tor alone, the same → descriptor uploaded,"),
            Compare("tor warm: asked for → URL", hot, theirs, times => times.Url, "onionshare-cli, process start → URL, tor warm,"),
            Compare("tor warm: asked for → fetched", hot, theirs, times => times.Fetched, "onionshare-cli, process start → fetched, tor warm,"),
            Compare("tor cold, its own: process start → fetched", cold, theirs, times => times.Fetched, "onionshare-cli, tor warm,"),
            Compare("behind an obfs4 bridge, tor warm: asked for → fetched", bridgedHot, hot, times => times.Fetched, "the same without a bridge"),
            Compare("behind an obfs4 bridge, tor cold: process start → URL", bridgedCold, cold, times => times.Url, "the same without a bridge"),
            Compare("behind an obfs4 bridge, tor cold: process start → fetched", bridgedCold, cold, times => times.Fetched, "the same without a bridge"),
            await AutoStopAsync(network, visitor),
        ];
    }

    // The bridge is set as Set-OnionTor does it; the cold starts go on in that home, with a tor that has used it before, as the others do.
    private async Task<(List<Times> Hot, List<Times> Cold)> BehindABridgeAsync(PrivateTorNetwork network, TorClient visitor, string file)
    {
        await using var bridge = await network.StartBridgeAsync();
        var settings = new { bridges = new[] { bridge.Obfs4Line } };
        var (hot, cold) = (new List<Times>(), new List<Times>());
        await using (var engine = await WarmEngine.StartAsync(workplace, "bridge", network.BridgeInclude, settings))
        {
            for (var run = 0; run < _bridgedRuns; run++) hot.Add(await engine.TimeAsync(visitor, file));
        }

        for (var run = 0; run < _bridgedRuns; run++)
        {
            cold.Add(await TimeAsync(visitor, () => Ours.StartInAsync(
                workplace.Home("bridge"), "share", file, "--torrc-include", network.BridgeInclude, "--public", "--keep-sharing")));
            Console.Error.WriteLine($"Run {run + 1} behind the bridge: cold {cold[^1]}, warm {hot[run]}");
        }

        return (hot, cold);
    }

    private static Row Compare(string work, List<Times> ours, List<Times> peer, Func<Times, double> figure, string name)
    {
        var (our, their) = (ours.Select(figure).ToArray(), peer.Select(figure).ToArray());
        return new Row(work, our.Median().Seconds(), $"{name} {their.Median().Seconds()}", our.Over(their).Ratio());
    }

    private static async Task<Times> TimeAsync(TorClient visitor, Func<Task<Server>> start)
    {
        var clock = Stopwatch.StartNew();
        await using var server = await start();
        await FetchAsync(visitor, server.Url);
        return new Times(server.StartSeconds, clock.Elapsed.TotalSeconds);
    }

    private static async Task FetchAsync(TorClient visitor, string url)
    {
        using var http = visitor.CreateHttpClient(Guid.NewGuid().ToString("N"));
        using var answer = await http.GetAsync(url);
        answer.EnsureSuccessStatusCode();
    }

    private string Configure(TorClient tor)
    {
        var path = Path.Combine(workplace.Folder, "onionshare.json");
        File.WriteAllText(path, $$"""
            { "version": "2.6", "connection_type": "control_port", "control_port_address": "127.0.0.1", "control_port_port": {{tor.ControlEndpoint!.Port}},
              "socks_address": "127.0.0.1", "socks_port": {{tor.SocksEndpoint.Port}}, "auth_type": "no_auth" }
            """);
        return path;
    }

    private async Task<Row> AutoStopAsync(PrivateTorNetwork network, TorClient visitor)
    {
        var rounds = quick ? 3 : 5;
        var file = workplace.RandomFile("tor/forty.bin", 40_000_000);
        var whole = SHA256.HashData(await File.ReadAllBytesAsync(file));
        var arrived = 0;
        for (var round = 0; round < rounds; round++)
        {
            await using var server = await Ours.StartAsync(workplace, "share", file, "--torrc-include", network.Include, "--public");
            using var http = visitor.CreateHttpClient(Guid.NewGuid().ToString("N"));
            http.Timeout = TimeSpan.FromMinutes(5);
            try
            {
                await using var body = await http.GetStreamAsync(server.Url + "/download");
                if ((await SHA256.HashDataAsync(body)).AsSpan().SequenceEqual(whole)) arrived++;
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException)
            {
                Console.Error.WriteLine($"Round {round + 1}: {cut.Message}");
            }

            Console.Error.WriteLine($"{arrived} of {round + 1} arrived whole.");
            await server.WaitForExitAsync(TimeSpan.FromMinutes(3));
        }

        return new Row("40 MB with auto-stop arrives whole", $"{arrived} of {rounds}", "onionshare 2.6 desktop: 0 of 6 (shared measurements)", "–");
    }

    /// <summary>Seconds until the URL was known and until the other side had fetched the page.</summary>
    internal sealed record Times(double Url, double Fetched);
}
