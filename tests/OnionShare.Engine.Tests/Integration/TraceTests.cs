using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>What an engine leaves on disk, shows to other users, and says to the network: nothing. Rows «traces», «leaks», «SIGTERM leaves the copy».</summary>
public sealed class TraceTests : IDisposable
{
    private static readonly byte[] Mark = "this-is-the-secret-content-of-the-share"u8.ToArray();

    private readonly Scratch _scratch = new();

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
        await Until.TrueAsync(() => Seen().Contains(end));
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
}
