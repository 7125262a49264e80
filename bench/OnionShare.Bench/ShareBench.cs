using System.Security.Cryptography;
using OnionShare.Bench.Peers;

namespace OnionShare.Bench;

/// <summary>Share mode on loopback: start, throughput, memory, resumed downloads.</summary>
internal sealed class ShareBench(Workplace workplace, bool quick)
{
    private const long Gibibyte = 1L << 30;

    private readonly int _runs = quick ? 3 : 5;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var small = workplace.RandomFolder("small", 10_000, 20_000);
        var sparse = workplace.SparseFolder("sparse", 100, Gibibyte);
        var large = workplace.RandomFile("large/gibibyte.bin", Gibibyte);
        var hundred = workplace.RandomFolder("hundred", 100, (int)(Gibibyte / 100));
        return
        [
            await StartAsync("10,000 files, 200 MB: start of the process → URL", small),
            await StartAloneAsync("100 sparse files, 107 GB: start of the process → URL", sparse),
            .. await ThroughputAsync(large, hundred),
            await MemoryAsync(hundred),
            await ResumeAsync(),
        ];
    }

    private async Task<Row> StartAsync(string work, string folder)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var run = 0; run < _runs; run++)
        {
            await using (var server = await Ours.StartAsync(workplace, "share", folder, "--local-only")) ours.Add(server.StartSeconds);
            await using (var server = await OnionShareCli.StartAsync(workplace, "--local-only", "--public", folder)) theirs.Add(server.StartSeconds);
        }

        return new Row(work, ours.Median().Seconds(), $"onionshare-cli {theirs.Median().Seconds()}", ours.Over(theirs).Ratio());
    }

    private async Task<Row> StartAloneAsync(string work, string folder)
    {
        var ours = new List<double>();
        for (var run = 0; run < _runs; run++)
        {
            await using var server = await Ours.StartAsync(workplace, "share", folder, "--local-only");
            ours.Add(server.StartSeconds);
        }

        return new Row(work, ours.Median().Seconds(), "–", "–");
    }

    private async Task<IReadOnlyList<Row>> ThroughputAsync(string large, string hundred)
    {
        await using var nginx = await Nginx.StartAsync(workplace, Path.GetDirectoryName(large)!);
        await using var file = await Ours.StartAsync(workplace, "share", large, "--local-only", "--keep-sharing");
        await using var zip = await Ours.StartAsync(workplace, "share", hundred, "--local-only", "--keep-sharing");
        await using var python = await OnionShareCli.StartAsync(workplace, "--local-only", "--public", "--no-autostop-sharing", large);
        var targets = new[]
        {
            $"{nginx.Url}/{Path.GetFileName(large)}", $"{file.Url}/download", $"{zip.Url}/download", $"{python.Url.TrimEnd('/')}/download",
        };
        foreach (var url in targets[1..3]) await Curl.HashedAsync(url);
        foreach (var url in targets) await Curl.RateAsync(url);
        var rates = targets.ToDictionary(url => url, _ => new List<double>());
        for (var run = 0; run < (quick ? 3 : 9); run++)
        {
            foreach (var url in targets) rates[url].Add(await Curl.RateAsync(url));
        }

        var (peer, ours, zipped, theirs) = (rates[targets[0]], rates[targets[1]], rates[targets[2]], rates[targets[3]]);
        return
        [
            new Row("download of a 1 GiB file, one stream", ours.Median().Rate(), $"nginx {peer.Median().Rate()}", ours.Over(peer).Ratio()),
            new Row("the same", ours.Median().Rate(), $"onionshare-cli {theirs.Median().Rate()}", ours.Over(theirs).Ratio()),
            new Row("zip of 100 files, 1 GiB, one stream, CRCs known", zipped.Median().Rate(), $"nginx, one file, {peer.Median().Rate()}", zipped.Over(peer).Ratio()),
        ];
    }

    private async Task<Row> MemoryAsync(string folder)
    {
        await using var server = await Ours.StartAsync(workplace, "share", folder, "--local-only", "--keep-sharing");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Curl.RateAsync($"{server.Url}/download")));
        return new Row("peak resident memory after 8 streams at once of the 1 GiB zip", server.PeakMemory.Megabytes(), "–", "–");
    }

    // Each download is cut at a random byte and goes on with curl -C -, every second time at a service that was started anew.
    private async Task<Row> ResumeAsync()
    {
        var rounds = quick ? 10 : 50;
        var folder = workplace.RandomFolder("resume", 40, 500_000);
        var copy = Path.Combine(workplace.Folder, "resumed.zip");
        var password = Path.Combine(workplace.Folder, "password");
        await File.WriteAllTextAsync(password, "resume-test-password");
        string[] share = ["share", folder, "--local-only", "--keep-sharing", "--password-file", password];
        var server = await Ours.StartAsync(workplace, share);
        try
        {
            await Curl.RunAsync(["-sS", "-f", "-o", copy, $"{server.Url}/download"]);
            var whole = SHA256.HashData(await File.ReadAllBytesAsync(copy));
            var length = new FileInfo(copy).Length;
            var same = 0;
            for (var round = 0; round < rounds; round++)
            {
                File.Delete(copy);
                await CutAsync(server.Url, copy, Random.Shared.NextInt64(1, length));
                if (round % 2 == 1)
                {
                    await server.DisposeAsync();
                    server = await Ours.StartAsync(workplace, share);
                }

                await Curl.RunAsync(["-sS", "-f", "-C", "-", "-o", copy, $"{server.Url}/download"]);
                if (SHA256.HashData(await File.ReadAllBytesAsync(copy)).AsSpan().SequenceEqual(whole)) same++;
            }

            return new Row("20 MB zip cut at a random byte, resumed with curl -C -, every second time after a restart", $"{same} of {rounds} the same bytes", "–", "–");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task CutAsync(string url, string copy, long bytes)
    {
        using var http = new HttpClient(new SocketsHttpHandler { PreAuthenticate = true });
        var uri = new Uri(url + "/download");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped));
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        await using var file = File.Create(copy);
        var buffer = new byte[65536];
        for (var left = bytes; left > 0;)
        {
            var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            if (read == 0) throw new InvalidOperationException("The download ended before it was cut.");
            await file.WriteAsync(buffer.AsMemory(0, read));
            left -= read;
        }
    }
}
