using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using OnionShare.Bench.Peers;

namespace OnionShare.Bench;

/// <summary>Chat mode on loopback: a room of many members, ten of whom say something once a second.</summary>
internal sealed class ChatBench(Workplace workplace, bool quick)
{
    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        await using var ours = await Ours.StartAsync(workplace, "chat", "--local-only");
        var full = await MeasureAsync("ours", ours.Url, 500);
        var small = await MeasureAsync("ours", ours.Url, 50);
        await using var theirs = await OnionShareCli.StartAsync(workplace, "--local-only", "--public", "--chat");
        var peer = await MeasureAsync("socket.io", theirs.Url, 50);
        return
        [
            new Row("500 members, 10 messages a second: delivery p50, p99", $"{Milliseconds(full.P50Ms)}, {Milliseconds(full.P99Ms)}", "–", "–"),
            new Row("… deliveries missing, doubled or out of order", $"{full.Misplaced} of {full.Deliveries:N0}", "–", "–"),
            new Row(
                "50 members, 10 messages a second: delivery p99", Milliseconds(small.P99Ms), $"onionshare-cli {Milliseconds(peer.P99Ms)}",
                (small.P99Ms / peer.P99Ms).Ratio()),
            new Row(
                "50 joins one after another", small.JoinSeconds.Seconds(), $"onionshare-cli {peer.JoinSeconds.Seconds()}",
                (small.JoinSeconds / peer.JoinSeconds).Ratio()),
            new Row("peak resident memory", ours.PeakMemory.Megabytes(), $"onionshare-cli (50 members) {theirs.PeakMemory.Megabytes()}", "–"),
        ];
    }

    private async Task<Measured> MeasureAsync(string protocol, string url, int members)
    {
        var program = Path.Combine(Workplace.RepositoryRoot, "bench", "chat", "bin", "Release", "net10.0", "chat-bench.dll");
        string[] arguments = [program, protocol, url, "--members", $"{members}", "--speakers", "10", "--rate", "1", "--seconds", quick ? "5" : "15"];
        using var bench = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var json = await bench.StandardOutput.ReadToEndAsync();
        await bench.WaitForExitAsync();
        if (json.Length == 0) throw new InvalidOperationException($"The room at {url} could not be measured.");
        return JsonSerializer.Deserialize<Measured>(json, JsonSerializerOptions.Web)!;
    }

    private static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms");

    private sealed record Measured(int Deliveries, int Misplaced, double JoinSeconds, double P50Ms, double P99Ms);
}
