using System.Diagnostics;
using OnionShare.Bench.Peers;

namespace OnionShare.Bench;

/// <summary>Receive mode on loopback: how fast an upload gets to the disk, beside copying the file, and what it takes of memory.</summary>
internal sealed class ReceiveBench(Workplace workplace, bool quick)
{
    private const long Gibibyte = 1L << 30;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(6);

    private readonly int _runs = quick ? 3 : 9;
    private readonly int _restedRuns = quick ? 2 : 3;

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        var file = workplace.RandomFile("upload/gibibyte.bin", Gibibyte);
        var (ours, copies, theirs, peer) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (rested, restedCopies) = (new List<double>(), new List<double>());
        for (var run = 0; run < _runs; run++)
        {
            copies.Add(await CopyAsync(file));
            peer.Add(await PutAsync(file));
            ours.Add(await UploadAsync(file, inbox => Ours.StartAsync(workplace, "receive", "--path", inbox, "--local-only", "--public")));
            theirs.Add(await UploadAsync(file, inbox => OnionShareCli.StartAsync(
                workplace, "--local-only", "--public", "--receive", "--data-dir", inbox)));
        }

        // A file written right after one of its size was deleted goes into memory that is still warm; a virtual machine gives such memory
        // back after a few seconds. Both cases are measured.
        for (var run = 0; run < _restedRuns; run++)
        {
            await Task.Delay(Rest);
            restedCopies.Add(await CopyAsync(file));
            rested.Add(await UploadAsync(file, inbox => Ours.StartAsync(workplace, "receive", "--path", inbox, "--local-only", "--public"), Rest));
        }

        return
        [
            new Row(
                "upload of 1 GiB to an inbox that has had one before, one stream, on the disk when answered, right after one was deleted", ours.Median().Rate(),
                $"cat file > copy, then fsync, {copies.Median().Rate()}", ours.Over(copies).Ratio()),
            new Row(
                "the same, nothing of that size deleted just before", rested.Median().Rate(),
                $"cat file > copy, then fsync, {restedCopies.Median().Rate()}", rested.Over(restedCopies).Ratio()),
            new Row(
                "upload of 1 GiB, one stream, on the disk when answered", ours.Median().Rate(), $"nginx (PUT, then fsync) {peer.Median().Rate()}", ours.Over(peer).Ratio()),
            new Row("curl's PUT of 1 GiB to nginx, then fsync", peer.Median().Rate(), $"cat file > copy, then fsync, {copies.Median().Rate()}", peer.Over(copies).Ratio()),
            new Row("upload of 1 GiB, one stream", ours.Median().Rate(), $"onionshare-cli (no fsync) {theirs.Median().Rate()}", ours.Over(theirs).Ratio()),
            await MemoryAsync(workplace.RandomFile("upload/quarter.bin", Gibibyte / 4)),
        ];
    }

    private async Task<double> CopyAsync(string file)
    {
        var copy = Path.Combine(workplace.Folder, "copy.bin");
        var clock = Stopwatch.StartNew();
        using var shell = Process.Start("sh", ["-c", $"cat '{file}' > '{copy}' && sync '{copy}'"]);
        await shell.WaitForExitAsync();
        var rate = Gibibyte / clock.Elapsed.TotalSeconds;
        File.Delete(copy);
        return rate;
    }

    // What a server has to do that only takes the bytes and writes them.
    private async Task<double> PutAsync(string file)
    {
        var folder = Directory.CreateDirectory(Path.Combine(workplace.Folder, "put")).FullName;
        await using var nginx = await Nginx.StartAsync(workplace, folder);
        var clock = Stopwatch.StartNew();
        using var shell = Process.Start("sh", ["-c", $"curl -sS -f -o /dev/null -T '{file}' {nginx.Url}/put.bin && sync '{folder}/put.bin'"]);
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0) throw new InvalidOperationException($"nginx did not take the file: curl and sync ended with {shell.ExitCode}.");
        var rate = Gibibyte / clock.Elapsed.TotalSeconds;
        Directory.Delete(folder, recursive: true);
        return rate;
    }

    private async Task<double> UploadAsync(string file, Func<string, Task<Server>> start, TimeSpan rest = default)
    {
        var inbox = Directory.CreateDirectory(Path.Combine(workplace.Folder, "inbox")).FullName;
        await using (var server = await start(inbox))
        {
            // What a program does at its first upload only, ours and theirs, is not its speed.
            await SendAsync(server.Url, workplace.RandomFile("upload/first.bin", 1 << 20));
            await Task.Delay(rest);
            var clock = Stopwatch.StartNew();
            await SendAsync(server.Url, file);
            var rate = Gibibyte / clock.Elapsed.TotalSeconds;
            Directory.Delete(inbox, recursive: true);
            return rate;
        }
    }

    private async Task<Row> MemoryAsync(string file)
    {
        var inbox = Path.Combine(workplace.Folder, "inbox");
        await using var server = await Ours.StartAsync(workplace, "receive", "--path", inbox, "--local-only", "--public");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SendAsync(server.Url, file)));
        var memory = server.PeakMemory;
        Directory.Delete(inbox, recursive: true);
        return new Row("peak resident memory, 8 uploads of 256 MiB at once", memory.Megabytes(), "–", "–");
    }

    private static Task SendAsync(string url, string file) =>
        Curl.RunAsync(["-sS", "-f", "-o", "/dev/null", "-F", $"file[]=@{file}", $"{url.TrimEnd('/')}/upload"]);
}
