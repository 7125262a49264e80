using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>What an engine leaves on disk, shows to other users, and says to the network: nothing. Rows «traces», «leaks», «SIGTERM leaves the copy».</summary>
public sealed partial class TraceTests : IDisposable
{
    private static readonly byte[] Mark = "this-is-the-secret-content-of-the-share"u8.ToArray();

    private readonly Scratch _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task While_a_folder_is_shared_nothing_is_created_or_written_in_home_state_or_temp_folder()
    {
        foreach (var n in Enumerable.Range(0, 20)) _scratch.File($"folder/{n}.txt", [.. Mark, .. Scratch.Bytes(100_000)]);
        var happened = new List<string>();
        using var watch = new FileSystemWatcher(_scratch.Path) { IncludeSubdirectories = true, InternalBufferSize = 64 * 1024 };
        watch.Created += Note;
        watch.Changed += Note;
        watch.Renamed += Note;
        watch.Deleted += Note;
        watch.EnableRaisingEvents = true;

        await using var engine = EngineProcess.Start(_scratch, "share", _scratch.Files, "--local-only", "--keep-sharing");
        using var visitor = new Visitor(await engine.UrlAsync());
        await visitor.Client.GetStringAsync("/", Cancel);
        var whole = await visitor.DownloadAsync();
        await visitor.DownloadAsync("/files/folder/3.txt");
        using (await visitor.GetAsync("/nope"))
        using (await visitor.GetAsync("/download", ("Range", "bytes=100-200")))
        {
        }

        await visitor.BreakOffAsync(1000);
        Assert.True(whole.AsSpan().IndexOf(Mark) > 0);
        engine.Process.Kill();
        await engine.ExitAsync();

        // The events are in order: when this one is there, so are those before it.
        var end = _scratch.At("tmp/end");
        await File.WriteAllTextAsync(end, "", Cancel);
        var clock = Stopwatch.StartNew();
        while (!Seen().Contains(end) && clock.Elapsed < EngineProcess.Limit) await Task.Delay(20, Cancel);
        Assert.Equal([end], Seen().Distinct().Where(path => path != Path.GetDirectoryName(end)));

        void Note(object sender, FileSystemEventArgs what)
        {
            lock (happened) happened.Add(what.FullPath);
        }

        List<string> Seen()
        {
            lock (happened) return [.. happened];
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task The_system_calls_of_a_local_share_create_no_file_and_open_no_connection()
    {
        var strace = new[] { "/usr/bin/strace", "/bin/strace" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(strace is null, "skipped: no strace; apt install strace");
        var path = _scratch.File("a.bin", 3_000_000);
        var calls = _scratch.At("calls");
        var start = new ProcessStartInfo(
            strace!, ["-f", "-qq", "-o", calls, "-e", "trace=open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,connect,sendto,sendmsg", EngineProcess.Program, "share", path, "--local-only"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _scratch.Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var url = await process.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(EngineProcess.Limit, Cancel);
            if (url is null) Assert.Skip("skipped: strace may not trace here: " + await process.StandardError.ReadToEndAsync(Cancel));
            using var visitor = new Visitor(url!);
            await visitor.Client.GetStringAsync("/", Cancel);
            Assert.Equal(3_000_000, (await visitor.DownloadAsync()).Length);
            await process.WaitForExitAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        var lines = (await File.ReadAllTextAsync(calls, Encoding.Latin1, Cancel)).Split('\n');
        Assert.Contains(lines, line => line.Contains(path, StringComparison.Ordinal));
        // Devices and /proc are no disk; a call that failed wrote nothing.
        Assert.DoesNotContain(lines, line => Creation().IsMatch(line) && !line.Contains("= -1 ", StringComparison.Ordinal)
            && !line.Contains("\"/dev/", StringComparison.Ordinal) && !line.Contains("\"/proc/", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(" connect(", StringComparison.Ordinal) && line.Contains("AF_INET", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => Datagram().IsMatch(line));
    }

    [Fact(Timeout = 120_000)]
    public async Task Passwords_stand_in_no_log_no_argument_no_environment_and_no_file()
    {
        var log = _scratch.At("log");
        await using var engine = EngineProcess.Start(_scratch, "serve", "--log", log);
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 10)], LocalOnly = true, Password = "the-word-of-words" });
        using var visitor = new Visitor(service.Url!);
        await visitor.RawAsync("GET / HTTP/1.1\r\nHost: [\r\n\r\n");
        await visitor.DownloadAsync();
        await client.SeenAsync(service.Id, status => status.State.IsEnded());
        if (OperatingSystem.IsLinux())
        {
            foreach (var file in new[] { "cmdline", "environ" })
                Assert.DoesNotContain("the-word-of-words", await File.ReadAllTextAsync($"/proc/{engine.Id}/{file}", Cancel), StringComparison.Ordinal);
        }

        using (await client.Http.DeleteAsync(Routes.Engine, Cancel)) await engine.ExitAsync();
        Assert.DoesNotContain("the-word-of-words", await File.ReadAllTextAsync(log, Cancel), StringComparison.Ordinal);
        Assert.Equal(["state/run", "state/run/engine.lock"], _scratch.Traces.Select(path => path.Replace('\\', '/')));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(log));
    }

    [GeneratedRegex(" (creat|mkdir|mkdirat|rename|renameat|renameat2|link|linkat|symlink|symlinkat)\\(|O_CREAT|O_WRONLY|O_RDWR")]
    private static partial Regex Creation();

    [GeneratedRegex(" send(to|msg)\\(.*AF_INET")]
    private static partial Regex Datagram();
}
