using System.Diagnostics;
using System.Globalization;
using OnionShare.Bench.Peers;

namespace OnionShare.Bench;

/// <summary>What the work costs beside its time: processor seconds for a GiB that goes out or comes in, of the serving process alone, and the memory of an engine at rest.</summary>
internal sealed class CostBench(Workplace workplace, bool quick)
{
    private const long Gibibyte = 1L << 30;
    private const int AtOnce = 2; // GiB between two looks: the system counts in steps of 10 ms

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    private readonly int _runs = quick ? 3 : 5;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var file = workplace.RandomFile("large/gibibyte.bin", Gibibyte);
        var hundred = workplace.RandomFolder("hundred", 100, (int)(Gibibyte / 100));
        return [.. await DownloadsAsync(file, hundred), .. await UploadsAsync(file), await RestAsync()];
    }

    private async Task<IReadOnlyList<Row>> DownloadsAsync(string file, string hundred)
    {
        await using var nginx = await Nginx.StartAsync(workplace, Path.GetDirectoryName(file)!);
        await using var share = await Ours.StartAsync(workplace, "share", file, "--local-only", "--public", "--keep-sharing");
        await using var zip = await Ours.StartAsync(workplace, "share", hundred, "--local-only", "--public", "--keep-sharing");
        await using var python = await OnionShareCli.StartAsync(workplace, "--local-only", "--public", "--no-autostop-sharing", file);
        foreach (var server in new[] { share, zip }) await Curl.HashedAsync(server.Url + "/download");
        var (ours, zipped, peer, theirs) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var run = -1; run < _runs; run++)
        {
            if (run == 0) foreach (var figures in new[] { ours, zipped, peer, theirs }) figures.Clear(); // the first was to warm up
            peer.Add(await DownloadAsync($"{nginx.Url}/{Path.GetFileName(file)}", () => nginx.ProcessorSeconds));
            ours.Add(await DownloadAsync($"{share.Url}/download", () => share.ProcessorSeconds));
            zipped.Add(await DownloadAsync($"{zip.Url}/download", () => zip.ProcessorSeconds));
            theirs.Add(await DownloadAsync($"{python.Url.TrimEnd('/')}/download", () => python.ProcessorSeconds));
        }

        return
        [
            Compare("processor time, download of a file", ours, peer, "nginx with sendfile"),
            Compare("processor time, download of a zip of 100 files", zipped, peer, "nginx with sendfile, one file,"),
            Compare("processor time, download of a file", ours, theirs, "onionshare-cli"),
        ];
    }

    private async Task<IReadOnlyList<Row>> UploadsAsync(string file)
    {
        var (ours, theirs) = (new List<double>(), new List<double>());
        var inbox = Path.Combine(workplace.Folder, "inbox");
        for (var run = 0; run < _runs; run++)
        {
            ours.Add(await UploadAsync(file, inbox, () => Ours.StartAsync(workplace, "receive", "--path", inbox, "--local-only", "--public")));
            theirs.Add(await UploadAsync(file, inbox, () => OnionShareCli.StartAsync(workplace, "--local-only", "--public", "--receive", "--data-dir", inbox)));
        }

        return [Compare("processor time, upload of a file", ours, theirs, "onionshare-cli (no fsync)")];
    }

    private static async Task<double> DownloadAsync(string url, Func<double> processor)
    {
        var before = processor();
        for (var number = 0; number < AtOnce; number++) await Curl.RateAsync(url);
        return (processor() - before) / AtOnce;
    }

    // The first upload warms up what is compiled while it runs.
    private static async Task<double> UploadAsync(string file, string inbox, Func<Task<Server>> start)
    {
        Directory.CreateDirectory(inbox);
        await using var server = await start();
        var before = 0.0;
        for (var number = 0; number < 2; number++)
        {
            before = server.ProcessorSeconds;
            await Curl.RunAsync(["-sS", "-f", "-o", "/dev/null", "-F", $"file[]=@{file}", $"{server.Url.TrimEnd('/')}/upload"]);
        }

        var cost = server.ProcessorSeconds - before;
        Directory.Delete(inbox, recursive: true);
        return cost;
    }

    private async Task<Row> RestAsync()
    {
        await using var server = await Ours.StartAsync(workplace, "share", workplace.RandomFile("rest/a.bin", 1000), "--local-only", "--public", "--keep-sharing");
        await Curl.RunAsync(["-sS", "-f", "-o", "/dev/null", server.Url]);
        await Task.Delay(Rest);
        using var process = Process.GetProcessById(server.ProcessId);
        return new Row("resident memory of an engine with one share, ten seconds after its page was fetched", process.WorkingSet64.Megabytes(), "–", "–");
    }

    private static Row Compare(string work, List<double> ours, List<double> peer, string name) =>
        new(work, PerGibibyte(ours.Median()), $"{name} {PerGibibyte(peer.Median())}", (ours.Median() / peer.Median()).Ratio());

    private static string PerGibibyte(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s/GiB");
}
