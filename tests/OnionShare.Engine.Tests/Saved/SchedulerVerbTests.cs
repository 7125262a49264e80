using System.Diagnostics;
using System.Net;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>The routes of saved services over the socket, and the verbs that a scheduler runs.</summary>
public sealed class SchedulerVerbTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Names_with_slashes_and_spaces_go_through_every_route()
    {
        const string name = "Q3/2026 «päpers»?#%2F";
        await using var engine = EngineProcess.Start(_scratch, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var service = await client.RunAsync(Share(name) with { Save = false });
        using (var save = await client.Http.PostAsync(Routes.Save(service.Id), null, Cancel)) Assert.Equal(HttpStatusCode.OK, save.StatusCode);

        var saved = await client.GetAsync<SavedService>(Routes.OneSaved(name));
        Assert.Equal((name, service.Id, true), (saved.Name, saved.ServiceId, saved.ComesBack));
        Assert.Equal(name, Assert.Single(await client.GetAsync<IReadOnlyList<SavedService>>(Routes.Saved)).Name);

        var file = _scratch.At("export");
        using var export = await client.Http.PostAsync(
            Routes.Export(name), Json($"{{\"path\":\"{file}\",\"noEncryption\":true}}"), Cancel);
        Assert.Equal(HttpStatusCode.OK, export.StatusCode);
        using var import = await client.Http.PostAsync(Routes.Saved, Json($"{{\"path\":\"{file}\",\"name\":\"other\"}}"), Cancel);
        Assert.Equal(HttpStatusCode.OK, import.StatusCode);
        using (var twice = await client.Http.PostAsync(Routes.Restore(name), Json("{}"), Cancel)) Assert.Equal(HttpStatusCode.OK, twice.StatusCode);
        using (var stop = await client.Http.DeleteAsync(Routes.Service(service.Id), Cancel)) Assert.Equal(HttpStatusCode.Accepted, stop.StatusCode);
        await client.SeenAsync(service.Id, status => status.State == ServiceState.Stopped);
        using (var restore = await client.Http.PostAsync(Routes.Restore(name), Json("{}"), Cancel))
            Assert.Equal(HttpStatusCode.Accepted, restore.StatusCode);
        using (var remove = await client.Http.DeleteAsync(Routes.OneSaved(name), Cancel)) Assert.Equal(HttpStatusCode.NoContent, remove.StatusCode);
        using var missing = await client.Http.GetAsync(Routes.OneSaved(name), Cancel);
        Assert.Equal(ProblemCodes.SavedNotFound, (await ControlClient.ProblemAsync(missing, HttpStatusCode.NotFound)).Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_scheduler_starts_and_stops_by_name_and_what_it_stopped_stays_so_after_a_crash()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no kill -9");
        await using (var engine = EngineProcess.Start(_scratch, "serve"))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            await client.RunAsync(Share("papers"));
            engine.Signal(EngineProcess.Kill);
            await engine.ExitAsync();
        }

        Assert.Equal((0, "'papers' does not run."), await VerbAsync("stop", "papers"));
        Assert.Equal((1, "No service is named 'paper'. Get-OnionService and Get-OnionService -Saved list them."), await VerbAsync("stop", "paper"));
        await using (var engine = EngineProcess.Start(_scratch, "serve"))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            Assert.Empty(await client.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services));
            Assert.Equal((0, "'papers' can be reached."), await VerbAsync("restore", "papers"));
            Assert.Equal((0, "'papers' runs already."), await VerbAsync("restore", "Papers"));
            Assert.Equal((0, "'papers' is stopped."), await VerbAsync("stop", "papers"));
            Assert.Equal((0, "'papers' does not run."), await VerbAsync("stop", "papers"));
            Assert.Equal((1, "No saved service is named 'paper'. Get-OnionService -Saved lists them."), await VerbAsync("restore", "paper"));
        }
    }

    // The story of the scheduled tasks: each step is a process of its own.
    [Fact(Timeout = 240_000)]
    public async Task One_process_starts_an_inbox_by_name_others_use_it_and_the_last_stops_it_and_nothing_is_left()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs /proc");
        var network = await fixture.NetworkAsync();
        var visitor = await fixture.VisitorAsync();
        var inbox = _scratch.At("inbox");
        string[] tor = ["--tor", network.TorProgram, "--torrc-include", network.Include];
        string url;
        await using (var first = EngineProcess.Start(_scratch, ["serve", .. tor]))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            var made = await client.RunAsync(new ReceiveRequest { Name = "inbox", Path = inbox, Save = true });
            Assert.True(made.State == ServiceState.Running, made.Error?.ToString());
            url = made.Url!;
            Assert.Equal((0, "'inbox' is stopped."), await VerbAsync("stop", "inbox"));
        }

        // Nobody's engine runs now: the verb starts one, and it outlives the verb.
        Assert.Equal((0, "'inbox' can be reached."), await VerbAsync(["restore", "inbox", .. tor]));
        using var control = await ControlClient.WaitAsync(_scratch.Socket);
        var engine = await control.EngineAsync();
        try
        {
            // A visitor may still meet the descriptor of the first run, whose introduction points are gone, and then tries again.
            using var upload = Process.Start(new ProcessStartInfo(
                "curl",
                ["-sS", "-f", "--retry", "6", "--retry-delay", "2", "--retry-all-errors", "-x", $"socks5h://{visitor.SocksEndpoint}", "-F", $"file[]=@{_scratch.File("letter.txt", 5000)}", url + "/upload"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var said = await upload.StandardError.ReadToEndAsync(Cancel);
            await upload.WaitForExitAsync(Cancel);
            Assert.True(upload.ExitCode == 0, said);

            var service = Assert.Single(await control.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services));
            Assert.Equal(url, service.Url);
            var transfer = Assert.Single(await control.GetAsync<IReadOnlyList<Transfer>>(Routes.Transfers(service.Id)));
            Assert.Equal(TransferState.Completed, transfer.State);
            Assert.Equal("letter.txt", Path.GetFileName(Assert.Single(transfer.Paths)));
            Assert.Equal((0, "'inbox' is stopped."), await VerbAsync("stop", "inbox"));
        }
        finally
        {
            using var stop = await control.Http.DeleteAsync(Routes.Engine + "?force=true", Cancel);
            using var process = Process.GetProcessById(engine.ProcessId);
            await process.WaitForExitAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        }

        Assert.False(File.Exists(_scratch.Socket));
        Assert.DoesNotContain(
            Directory.EnumerateFiles("/proc", "cmdline", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true }),
            file => ReadOrNothing(file).Contains(_scratch.Path, StringComparison.Ordinal));
    }

    private ShareRequest Share(string name) => new()
    {
        Name = name,
        Paths = [_scratch.File("a.bin", 10)],
        LocalOnly = true,
        KeepSharing = true,
        Save = true,
    };

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private static string ReadOrNothing(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // that process has ended
        }
    }

    private async Task<(int Exit, string Said)> VerbAsync(params string[] arguments)
    {
        await using var verb = EngineProcess.Start(_scratch, arguments);
        var exit = await verb.ExitAsync(TimeSpan.FromSeconds(100));
        Assert.Empty(verb.Output);
        return (exit, verb.Messages.Trim());
    }
}
