using System.Diagnostics;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>The real engine, killed at each system call that changes a saved service.</summary>
public sealed class StoreKilledTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    // A change opens the record, unlinks what an earlier cut may have left, creates, writes and flushes the new one, renames it, and opens and
    // flushes the folder. strace kills the engine on entering the nth of a call.
    [Theory(Timeout = 120_000)]
    [InlineData("unlink", 1, false)]
    [InlineData("openat", 2, false)]
    [InlineData("pwrite64", 1, false)]
    [InlineData("fsync", 1, false)]
    [InlineData("rename", 1, false)]
    [InlineData("openat", 3, true)]
    [InlineData("fsync", 2, true)]
    public async Task Killed_between_two_system_calls_it_comes_back_with_the_old_password_or_the_new_one(string call, int nth, bool isNew)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: strace is a tool of Linux");
        var strace = Requires.Found(new[] { "/usr/bin/strace", "/bin/strace" }.FirstOrDefault(File.Exists), "strace", "apt install strace");
        string record;
        await using (var engine = EngineProcess.Start(_scratch, "serve"))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            var service = await client.RunAsync(new ShareRequest
            {
                Name = "s",
                Paths = [_scratch.File("a", 10)],
                LocalOnly = true,
                KeepSharing = true,
                Save = true,
                Password = "old-password",
            });
            record = Assert.Single(Directory.EnumerateFiles(Path.Combine(_scratch.State, "services"), "*.json"));
            using var tracer = await AttachAsync(strace, engine.Id, record, $"{call}:signal=KILL:when={nth}");
            using var change = new StringContent("{\"password\":\"new-password\"}", Encoding.UTF8, "application/json");
            await Assert.ThrowsAsync<HttpRequestException>(() => client.Http.PatchAsync(Routes.Service(service.Id), change, Cancel));
            Assert.Equal(128 + EngineProcess.Kill, await engine.ExitAsync());
            await tracer.WaitForExitAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        }

        await using var next = EngineProcess.Start(_scratch, "serve");
        using var again = await ControlClient.WaitAsync(_scratch.Socket);
        var back = await BackAsync(again);
        Assert.Equal(("s", isNew ? "new-password" : "old-password", true), (back.Name, back.Password, back.Saved));
        Assert.Equal([record], Directory.EnumerateFiles(Path.Combine(_scratch.State, "services"), "*.json"));
    }

    private static async Task<ServiceStatus> BackAsync(ControlClient client)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(EngineProcess.Limit);
        await foreach (var happened in client.EventsAsync(Routes.Events, late.Token))
        {
            if (happened is ServiceChanged { Service.State: ServiceState.Running } changed) return changed.Service;
        }

        throw new InvalidOperationException("The events ended.");
    }

    private static async Task<Process> AttachAsync(string strace, int process, string record, string inject)
    {
        var start = new ProcessStartInfo(
            strace, ["-f", "-p", $"{process}", "-P", record, "-P", record + ".new", "-P", Path.GetDirectoryName(record)!, "-e", "inject=" + inject, "-o", "/dev/null"])
        { RedirectStandardError = true };
        var tracer = Process.Start(start)!;
        var attached = await tracer.StandardError.ReadLineAsync(Cancel).AsTask().WaitAsync(EngineProcess.Limit, Cancel);
        Assert.SkipWhen(attached?.Contains("not permitted", StringComparison.Ordinal) ?? true, "skipped: strace may not attach here; allow ptrace");
        Assert.Contains("attached", attached, StringComparison.Ordinal);
        _ = tracer.StandardError.ReadToEndAsync(Cancel); // so that it never waits for a reader
        return tracer;
    }
}
