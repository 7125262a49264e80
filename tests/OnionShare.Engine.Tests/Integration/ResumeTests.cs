using System.Diagnostics;
using System.Security.Cryptography;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Downloads that were cut at any byte go on where they stopped, with curl, as visitors would.</summary>
public sealed class ResumeTests
{
    private const int Times = 10;

    [Theory(Timeout = 180_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_download_cut_at_a_random_byte_goes_on_with_curl_also_after_a_restart_of_the_service(bool restart)
    {
        await using var engine = new LocalEngine();
        foreach (var n in Enumerable.Range(1, 20)) engine.Scratch.File($"folder/{n}.bin", 100_000 + n);
        var request = new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true };
        var service = await engine.ShareAsync(request);
        byte[] whole;
        string tag;
        using (var visitor = LocalEngine.Visit(service))
        {
            using var answer = await visitor.GetAsync("/download");
            tag = answer.Headers.ETag!.Tag;
            whole = await answer.Content.ReadAsByteArrayAsync(Cancel);
        }

        for (var n = 0; n < Times; n++)
        {
            var part = engine.Scratch.At($"part{n}");
            var cut = Random.Shared.Next(1, whole.Length);
            await File.WriteAllBytesAsync(part, whole[..cut], Cancel);
            if (restart && n % 5 == 0)
            {
                service.Stop(StopReason.Requested, force: true);
                await LocalEngine.EndAsync(service);
                service = await engine.ShareAsync(request);
            }

            await CurlAsync("-C", "-", "-o", part, "-H", $"If-Range: {tag}", service.Status.Url + "/download");

            Assert.Equal(SHA256.HashData(whole), SHA256.HashData(await File.ReadAllBytesAsync(part, Cancel)));
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task A_share_stops_when_the_parts_of_a_broken_and_resumed_download_make_the_whole()
    {
        await using var engine = new LocalEngine();
        var bytes = Scratch.Bytes(20_000_000);
        var service = await engine.ShareAsync(engine.Scratch.File("a.bin", bytes));
        using var visitor = LocalEngine.Visit(service);
        await visitor.BreakOffAsync(5_000_000);
        await engine.EndOfTransferAsync(service);
        Assert.Equal(ServiceState.Running, service.Status.State);

        using var rest = await visitor.GetAsync("/download", ("Range", "bytes=4000000-"));

        // The broken part was asked for by hand, without this visitor's name: the halves of two visitors are no whole.
        Assert.Equal(bytes[4_000_000..], await rest.Content.ReadAsByteArrayAsync(Cancel));
        await engine.EndOfTransferAsync(service, 2);
        Assert.Equal(ServiceState.Running, service.Status.State);
        using var first = await visitor.GetAsync("/download", ("Range", "bytes=0-4000000"));
        Assert.Equal(bytes[..4_000_001], await first.Content.ReadAsByteArrayAsync(Cancel));
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    private static async Task CurlAsync(params string[] arguments)
    {
        Process? curl;
        try
        {
            curl = Process.Start(new ProcessStartInfo("curl", ["-sS", "--fail", "--noproxy", "*", .. arguments]) { RedirectStandardError = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("skipped: no curl; apt install curl");
            return;
        }

        using (curl!)
        {
            var said = await curl!.StandardError.ReadToEndAsync(Cancel);
            await curl.WaitForExitAsync(Cancel);
            Assert.True(curl.ExitCode == 0, said);
        }
    }
}
