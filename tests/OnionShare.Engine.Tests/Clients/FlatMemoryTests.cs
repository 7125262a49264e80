using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>What crosses costs disk, not memory, at either end: two programs, 300 MB, or 5 GB with ONIONSHARE_LARGE_TESTS=1.</summary>
public sealed class FlatMemoryTests : IDisposable
{
    private const long MostGrowth = 150_000_000; // half of the smaller; the collector takes its time
    private static readonly long Size = Environment.GetEnvironmentVariable("ONIONSHARE_LARGE_TESTS") == "1" ? 5_000_000_000 : 300_000_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    private readonly Scratch _server = new();
    private readonly Scratch _client = new();

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    [Fact(Timeout = 480_000)]
    public async Task A_large_file_is_sent_with_flat_memory_at_both_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "skipped: macOS does not tell a process's peak");
        var path = Large(_client);
        await using var server = EngineProcess.Start(_server, "receive", "--path", _server.At("inbox"), "--local-only");
        var url = await server.UrlAsync();
        var before = Peak(server);

        await using var client = EngineProcess.Start(_client, "send", "-", path, "--local-only");
        var peak = await RunAsync(client, url);

        Assert.True(client.Process.ExitCode == 0, client.Messages);
        var arrived = Directory.EnumerateFiles(_server.At("inbox"), "large.bin", SearchOption.AllDirectories).Single();
        Assert.Equal(Size, new FileInfo(arrived).Length);
        AssertFlat(Peak(server) - before, peak);
    }

    [Fact(Timeout = 480_000)]
    public async Task A_large_file_is_fetched_with_flat_memory_at_both_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "skipped: macOS does not tell a process's peak");
        await using var server = EngineProcess.Start(_server, "share", Large(_server), "--local-only", "--keep-sharing");
        var url = await server.UrlAsync();
        var before = Peak(server);

        await using var client = EngineProcess.Start(_client, "fetch", "-", _client.At("got"), "--local-only");
        var peak = await RunAsync(client, url);

        Assert.True(client.Process.ExitCode == 0, client.Messages);
        Assert.Equal(Size, new FileInfo(_client.At("got/large.bin")).Length);
        AssertFlat(Peak(server) - before, peak);
    }

    private static void AssertFlat(long server, long client)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"the server grew by {ByteSize.Show(server)}, the client had {ByteSize.Show(client)} at most");
        Assert.True(server < MostGrowth, $"the server grew by {ByteSize.Show(server)}");
        Assert.True(client < MostGrowth + 150_000_000, $"the client had {ByteSize.Show(client)}"); // from its start on, the program itself included
    }

    // Zeros on the disk where the file system has holes, and bytes that cross all the same.
    private static string Large(Scratch scratch)
    {
        var path = Path.Combine(scratch.Files, "large.bin");
        using var file = File.Create(path);
        file.SetLength(Size);
        return path;
    }

    private static async Task<long> RunAsync(EngineProcess client, string url)
    {
        await client.Process.StandardInput.WriteLineAsync(url);
        long peak = 0;
        var ended = client.ExitAsync(Limit);
        while (await Task.WhenAny(ended, Task.Delay(50, Cancel)) != ended) peak = Math.Max(peak, Peak(client));
        await ended;
        return peak;
    }

    private static long Peak(EngineProcess engine)
    {
        engine.Process.Refresh();
        return engine.Process.HasExited ? 0 : engine.Process.PeakWorkingSet64;
    }
}
