using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OnionShare.Bench.Peers;

namespace OnionShare.Bench;

/// <summary>Website mode on loopback: small pages a second. No password on any side.</summary>
internal sealed partial class WebsiteBench(Workplace workplace, bool quick)
{
    private readonly int _runs = quick ? 3 : 5;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var site = Directory.CreateDirectory(Path.Combine(workplace.Folder, "site")).FullName;
        await File.WriteAllTextAsync(Path.Combine(site, "index.html"), $"<!doctype html><title>Small</title><p>{new string('x', 930)}</p>");
        await using var nginx = await Nginx.StartAsync(workplace, site);
        await using var ours = await Ours.StartAsync(workplace, "website", site, "--local-only", "--public");
        await using var theirs = await OnionShareCli.StartAsync(workplace, "--local-only", "--public", "--website", site);
        var urls = new[] { ours.Url, nginx.Url, theirs.Url.TrimEnd('/') };
        foreach (var url in urls) await RequestsAsync(url, seconds: 3);
        var rates = urls.ToDictionary(url => url, _ => new List<double>());
        for (var run = 0; run < _runs; run++)
        {
            foreach (var url in urls) rates[url].Add(await RequestsAsync(url, seconds: 5));
        }

        var medians = urls.Select(url => rates[url].Median()).ToArray();
        return
        [
            new Row("page of 1 kB, wrk -t2 -c32", PerSecond(medians[0]), $"nginx {PerSecond(medians[1])}", (medians[0] / medians[1]).Ratio()),
            new Row("the same", PerSecond(medians[0]), $"onionshare-cli {PerSecond(medians[2])}", (medians[0] / medians[2]).Ratio()),
        ];
    }

    private static string PerSecond(double rate) => string.Create(CultureInfo.InvariantCulture, $"{rate:#,0} requests/s");

    /// <summary>Requests a second, with 32 connections.</summary>
    internal static async Task<double> RequestsAsync(string url, int seconds)
    {
        using var wrk = Process.Start(new ProcessStartInfo("wrk", ["-t2", "-c32", $"-d{seconds}s", url + "/index.html"]) { RedirectStandardOutput = true })!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (output.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException(output);
        return double.Parse(RequestsPerSecond().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex RequestsPerSecond();
}
