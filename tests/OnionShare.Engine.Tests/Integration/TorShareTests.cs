using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using OnionShare.Engine.Tests.TorNetwork;
using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>The real program in the private Tor network, visited through another tor.</summary>
public sealed partial class TorShareTests(TorNetworkFixture fixture) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory(Timeout = 240_000)]
    [InlineData(12_000_000, 2_000_000)]
    [InlineData(1_500_000, 150_000)]
    public async Task A_share_arrives_whole_at_a_slow_visitor_and_stops_by_itself(int length, int bytesPerSecond)
    {
        // Row «stop at 100 % cut 13–17 MB off a 40 MB download through Tor».
        var bytes = Scratch.Bytes(length);
        await using var engine = await ShareAsync(_scratch.File("a.bin", bytes));
        var url = await engine.UrlAsync(Limit);
        Assert.Matches("^http://onionshare:[a-z-]+@[a-z2-7]{56}\\.onion$", url);
        using var visitor = await VisitAsync(url);

        using var answer = await visitor.GetAsync("/download");
        var arrived = await SlowReader.ReadAsync(await answer.Content.ReadAsStreamAsync(Cancel), bytesPerSecond);

        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(arrived));
        Assert.Equal(0, await engine.ExitAsync(Limit));
        Assert.EndsWith("Stopped: everything was downloaded.", engine.Messages, StringComparison.Ordinal);
        Assert.Equal([url], engine.Output);
        Assert.Empty(RunningTors.Below(_scratch.State));
        AssertNoTraceOf(url);
    }

    [Fact(Timeout = 300_000)]
    public async Task When_tor_is_killed_the_service_says_so_and_comes_back_at_the_same_URL_and_goes_with_the_engine()
    {
        var bytes = Scratch.Bytes(300_000);
        await using var engine = await ShareAsync(_scratch.File("a.bin", bytes), "--keep-sharing");
        var url = await engine.UrlAsync(Limit);
        using (var visitor = await VisitAsync(url)) Assert.Equal(bytes, await visitor.DownloadAsync());

        EngineProcess.Send(TorOf(engine), EngineProcess.Kill);
        await engine.SaysAsync("tor is away; the service comes back at the same address when tor does.", Limit);
        await engine.SaysAsync("The service is reachable again, at the same address.", Limit);

        // A visitor who comes anew: one who was there before may be sent to the dead tor for a minute by what its own tor remembers.
        await using (var newcomer = await (await fixture.NetworkAsync()).StartClientAsync(cancellationToken: Cancel))
        {
            using var visitor = new Visitor(url, handler: newcomer.CreateHandler());
            Assert.Equal(bytes, await visitor.DownloadAsync());
        }

        Assert.Equal([url], engine.Output);

        // Row «leaks»: what the engine itself connects to is tor's control port, on this machine.
        AssertConnectsOnlyHere(engine.Id);
        engine.Signal(EngineProcess.Terminate);
        Assert.Equal(0, await engine.ExitAsync(Limit));
        Assert.Empty(RunningTors.Below(_scratch.State));
    }

    [Fact(Timeout = 240_000)]
    public async Task When_the_engine_is_killed_tor_ends_soon_and_the_next_share_works()
    {
        var path = _scratch.File("a.bin", 1000);
        await using (var engine = await ShareAsync(path))
        {
            await engine.UrlAsync(Limit);
            var tor = Process.GetProcessById(TorOf(engine));
            var clock = Stopwatch.StartNew();

            engine.Signal(EngineProcess.Kill);
            await tor.WaitForExitAsync(Cancel).WaitAsync(Limit, Cancel);

            // It looks every 15 s whether its owner is still there.
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Until.Limit);
        }

        await using var next = await ShareAsync(path);
        using var visitor = await VisitAsync(await next.UrlAsync(Limit));
        Assert.Equal(1000, (await visitor.DownloadAsync()).Length);
        Assert.Equal(0, await next.ExitAsync(Limit));
    }

    [Fact(Timeout = 240_000)]
    public async Task An_interrupt_while_tor_connects_or_publishes_ends_all_at_once()
    {
        await using var engine = await ShareAsync(_scratch.File("a.bin", 1000));
        await engine.SaysAsync("Connecting to Tor", Limit);

        engine.Signal(EngineProcess.Interrupt);

        Assert.Equal(0, await engine.ExitAsync());
        Assert.Empty(engine.Output);
        Assert.Empty(RunningTors.Below(_scratch.State));
    }

    private async Task<EngineProcess> ShareAsync(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: looks into /proc, which only Linux has");
        var network = await fixture.NetworkAsync();
        return EngineProcess.Start(_scratch, ["share", .. arguments, "--tor", network.TorProgram, "--torrc-include", network.Include]);
    }

    private async Task<Visitor> VisitAsync(string url) => new(url, handler: (await fixture.VisitorAsync()).CreateHandler());

    // The tor of this engine and nobody else's.
    private static int TorOf(EngineProcess engine)
    {
        foreach (var process in Process.GetProcessesByName("tor"))
        {
            using (process)
            {
                try
                {
                    if (Parent().Match(File.ReadAllText($"/proc/{process.Id}/status")).Groups[1].Value == $"{engine.Id}") return process.Id;
                }
                catch (IOException)
                {
                    // Another test's tor has just ended.
                }
            }
        }

        throw new InvalidOperationException($"The engine runs no tor:\n{engine.Messages}");
    }

    private static void AssertConnectsOnlyHere(int process)
    {
        // A descriptor that was closed since it was listed has no target.
        var sockets = Directory.EnumerateFiles($"/proc/{process}/fd").Select(fd => new FileInfo(fd).LinkTarget ?? "")
            .Where(name => name.StartsWith("socket:[", StringComparison.Ordinal)).Select(name => name[8..^1]).ToHashSet();
        foreach (var table in new[] { "tcp", "tcp6", "udp", "udp6" })
        {
            foreach (var line in File.ReadLines($"/proc/{process}/net/{table}").Skip(1))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (!sockets.Contains(columns[9])) continue;
                Assert.True(columns[2].StartsWith("0100007F:", StringComparison.Ordinal) || columns[2] == "00000000:0000", $"{table}: {line}");
            }
        }
    }

    // Row «traces»: the password and the address are in no file of the state folder, which only this user may enter.
    private void AssertNoTraceOf(string url)
    {
        var password = new Uri(url).UserInfo.Split(':')[1];
        var address = new Uri(url).Host[..56];
        foreach (var file in Directory.EnumerateFiles(_scratch.State, "*", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain(password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(address, text, StringComparison.Ordinal);
        }

        if (OperatingSystem.IsWindows()) return;
        foreach (var folder in Directory.EnumerateDirectories(_scratch.State).Append(_scratch.State))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [GeneratedRegex("^PPid:\\s+(\\d+)", RegexOptions.Multiline)]
    private static partial Regex Parent();
}
