using System.Diagnostics;
using OnionShare.Bench.Peers;
using OnionShare.TorNetwork;

namespace OnionShare.Bench;

/// <summary>One file through one and the same tor: our onion beside one that leads to nginx, fetched in turn over circuits of their own.</summary>
internal sealed class OnionBench(Workplace workplace, bool quick)
{
    private const int Size = 60_000_000;

    private readonly int _pairs = quick ? 4 : 9;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var file = workplace.RandomFile("onion/sixty.bin", Size);
        var home = workplace.Home("onion-home");
        await File.WriteAllTextAsync(Path.Combine(workplace.Folder, "onion", "index.html"), "<!doctype html><title>x</title>");
        await using var network = await PrivateTorNetwork.StartAsync();
        await using var visitor = await network.StartClientAsync();
        await using var nginx = await Nginx.StartAsync(workplace, Path.GetDirectoryName(file)!);
        await using var server = await Ours.StartInAsync(home, "share", file, "--torrc-include", network.Include, "--public", "--keep-sharing");
        using var control = await TorControl.OpenAsync(TorAlone.ReadPort(Path.Combine(home, "tor", "control-port")), Path.Combine(home, "tor", "control-cookie"));
        var peerUrl = "http://" + await control.PublishAsync(nginx.Port);
        var (ours, peer) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < _pairs; pair++)
        {
            // By turns the one first or the other: who comes second finds the machine as the first has left it.
            if (pair % 2 == 0) ours.Add(await RateAsync(visitor, server.Url, "download"));
            peer.Add(await RateAsync(visitor, peerUrl, Path.GetFileName(file)));
            if (pair % 2 == 1) ours.Add(await RateAsync(visitor, server.Url, "download"));
            Console.Error.WriteLine($"Pair {pair + 1}: ours {ours[^1].Rate()}, nginx {peer[^1].Rate()}");
        }

        return [new Row("60 MB through one tor, one stream", ours.Median().Rate(), $"nginx, an onion of the same tor, {peer.Median().Rate()}", ours.Over(peer).Ratio())];
    }

    // The circuit is not what is measured: the page before the file brings it up.
    private static async Task<double> RateAsync(TorClient visitor, string url, string name)
    {
        using var http = visitor.CreateHttpClient(Guid.NewGuid().ToString("N"));
        await http.GetByteArrayAsync(url + "/");
        var clock = Stopwatch.StartNew();
        await using var body = await http.GetStreamAsync($"{url}/{name}");
        var buffer = new byte[256 * 1024];
        long length = 0;
        while (await body.ReadAsync(buffer) is > 0 and var count) length += count;
        return length == Size ? length / clock.Elapsed.TotalSeconds : throw new InvalidOperationException($"{length} bytes of {Size} arrived.");
    }
}
