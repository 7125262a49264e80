using System.Diagnostics;
using System.Net;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>The background engine as a process: who may start it, what ends it and what is left then.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Of_two_engines_started_at_once_one_serves_and_the_other_ends_with_0()
    {
        await using var one = EngineProcess.Start(_scratch, "serve");
        await using var two = EngineProcess.Start(_scratch, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var serving = (await client.EngineAsync()).ProcessId;
        Assert.Contains(serving, new[] { one.Id, two.Id });

        Assert.Equal(0, await (serving == one.Id ? two : one).ExitAsync());
        Assert.Equal(serving, (await client.EngineAsync()).ProcessId);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_engine_that_was_killed_leaves_nothing_that_blocks_the_next()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no kill -9");
        ServiceStatus service;
        await using (var first = EngineProcess.Start(_scratch, "serve"))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 10)], LocalOnly = true });
            first.Signal(EngineProcess.Kill);
            await first.ExitAsync();
        }

        Assert.True(File.Exists(_scratch.Socket));
        using var visitor = new Visitor(service.Url!);
        await Assert.ThrowsAsync<HttpRequestException>(() => visitor.DownloadAsync());

        await using var second = EngineProcess.Start(_scratch, "serve");
        using var again = await ControlClient.WaitAsync(_scratch.Socket);
        Assert.Equal(second.Id, (await again.EngineAsync()).ProcessId);
        Assert.Empty(await again.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services));
    }

    [Fact(Timeout = 120_000)]
    public async Task When_a_session_is_killed_its_services_go_down_and_detached_ones_stay()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs a sleeping program");
        using var session = Process.Start("sleep", "600");
        await using var engine = EngineProcess.Start(_scratch, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var path = _scratch.File("a.bin", 30_000_000);
        var owned = await client.RunAsync(new ShareRequest { Paths = [path], LocalOnly = true, Owner = OwnerProcess.Of(session.Id) });
        var detached = await client.RunAsync(new ShareRequest { Paths = [path], LocalOnly = true });
        Assert.Equal((session.Id, false), (owned.OwnerProcessId, owned.Detached));
        using var visitor = new Visitor(owned.Url!);
        using var slow = await visitor.ConnectAsync(visitor.Get("/download")); // a transfer under way does not keep it alive
        var clock = Stopwatch.StartNew();

        session.Kill(); // a zombie until this process waits for it, which must not count as alive

        var ended = await client.SeenAsync(owned.Id, service => service.State.IsEnded());
        Assert.Equal((ServiceState.Stopped, StopReason.OwnerEnded), (ended.State, ended.StopReason));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Until.Limit);
        await session.WaitForExitAsync(Cancel);
        using var other = new Visitor(detached.Url!);
        Assert.Equal(30_000_000, (await other.DownloadAsync()).Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_engine_with_nothing_to_run_ends_by_itself_and_leaves_no_socket()
    {
        await using var engine = EngineProcess.Start(_scratch, "serve", "--idle-exit", "2s");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 10)], LocalOnly = true });
        using var stopped = await client.Http.DeleteAsync(Routes.Service(service.Id), Cancel);

        Assert.Equal(0, await engine.ExitAsync());

        Assert.Equal(["state/run", "state/run/engine.lock"], _scratch.Traces.Select(path => path.Replace('\\', '/')));
        Assert.Equal("", engine.Messages);
        Assert.Empty(engine.Output);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_scratch.State));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(EngineProcess.Terminate)]
    [InlineData(EngineProcess.Interrupt)]
    [InlineData(EngineProcess.HangUp)]
    public async Task A_signal_ends_the_engine_its_services_and_its_listeners(int signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: Windows has no such signals");
        await using var engine = EngineProcess.Start(_scratch, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 30_000_000)], LocalOnly = true });
        using var visitor = new Visitor(service.Url!);
        using var slow = await visitor.ConnectAsync(visitor.Get("/download"));
        ServiceStatus? last = null;
        await foreach (var happened in client.EventsAsync(Routes.Events, Cancel))
        {
            if (happened is not ServiceChanged changed) continue;
            if (last is null) engine.Signal(signal);
            last = changed.Service;
        }

        Assert.Equal((ServiceState.Stopped, StopReason.EngineStopped), (last!.State, last.StopReason));
        Assert.Equal(0, await engine.ExitAsync());
        Assert.False(File.Exists(_scratch.Socket));
    }

    [Fact(Timeout = 120_000)]
    public async Task Stopping_the_engine_lets_transfers_finish_unless_it_is_forced()
    {
        await using var engine = EngineProcess.Start(_scratch, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var bytes = Scratch.Bytes(20_000_000);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", bytes)], LocalOnly = true });
        var stuck = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("b.bin", bytes)], LocalOnly = true });
        using var visitor = new Visitor(service.Url!);
        using var other = new Visitor(stuck.Url!);
        using var never = await other.ConnectAsync(other.Get("/download"));
        using var answer = await visitor.GetAsync("/download");
        await client.SeenAsync(stuck.Id, _ => true);
        await Until.TrueAsync(async () => (await client.ServiceAsync(stuck.Id)).ActiveTransfers > 0);

        using (await client.Http.DeleteAsync(Routes.Engine, Cancel)) await client.SeenAsync(service.Id, status => status.State == ServiceState.Draining);
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync(Cancel));
        await client.SeenAsync(service.Id, status => status.State.IsEnded());
        Assert.False(engine.Process.HasExited);
        using var late = await client.PostAsync("""{"mode":"share","paths":["/no/such"],"localOnly":true}""");
        Assert.Equal(ProblemCodes.EngineStopping, (await ControlClient.ProblemAsync(late, HttpStatusCode.ServiceUnavailable)).Code);

        using (await client.Http.DeleteAsync(Routes.Engine, Cancel)) Assert.False(engine.Process.HasExited);
        using (await client.Http.DeleteAsync(Routes.Engine + "?force=true", Cancel)) Assert.Equal(0, await engine.ExitAsync());
    }

    // Row D5: a logout removes runtime folders, a clean-up those in /tmp.
    [Fact(Timeout = 120_000)]
    public async Task An_engine_whose_socket_and_lock_were_removed_is_found_again_and_stays_the_only_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: what is in use can't be removed on Windows");
        await using var engine = EngineProcess.Start(_scratch, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var service = await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 10)], LocalOnly = true, KeepSharing = true });
        for (var round = 0; round < 3; round++)
        {
            if (round == 1) File.Delete(_scratch.Socket);
            else Directory.Delete(Path.GetDirectoryName(_scratch.Socket)!, recursive: true);

            using var again = await ControlClient.WaitAsync(_scratch.Socket);
            Assert.Equal(engine.Id, (await again.EngineAsync()).ProcessId);
            Assert.Equal(service.Id, Assert.Single(await again.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services)).Id);
        }

        await using var second = EngineProcess.Start(_scratch, "serve");
        Assert.Equal(0, await second.ExitAsync());
        using var last = await ControlClient.WaitAsync(_scratch.Socket);
        using (await last.Http.DeleteAsync(Routes.Engine, Cancel)) Assert.Equal(0, await engine.ExitAsync());
    }

    // Row D5: the place of the socket does not hang on variables that one session has and another has not.
    [Fact(Timeout = 120_000)]
    public async Task Sessions_with_other_runtime_and_temp_folders_have_the_same_engine()
    {
        await using var one = EngineProcess.Start(
            _scratch, new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = Directory.CreateDirectory(_scratch.At("runtime")).FullName }, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        await using var two = EngineProcess.Start(
            _scratch, new Dictionary<string, string> { ["TMPDIR"] = Directory.CreateDirectory(_scratch.At("other-temp")).FullName }, "serve");
        Assert.Equal(0, await two.ExitAsync());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch.At("runtime")));
        Assert.Equal(one.Id, (await client.EngineAsync()).ProcessId);
    }

    // Row D6.
    [Fact(Timeout = 120_000)]
    public async Task What_was_stopped_with_the_engine_stays_down()
    {
        await using (var engine = EngineProcess.Start(_scratch, "serve"))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 10)], LocalOnly = true, Name = "papers", Save = true });
            using (await client.Http.DeleteAsync(Routes.Engine + "?force=true", Cancel)) Assert.Equal(0, await engine.ExitAsync());
        }

        await using var next = EngineProcess.Start(_scratch, "serve");
        using var asking = await ControlClient.WaitAsync(_scratch.Socket);
        Assert.Empty((await asking.EngineAsync()).ComingBack);
        Assert.False(Assert.Single(await asking.GetAsync<IReadOnlyList<SavedService>>(Routes.Saved)).ComesBack);
        Assert.Empty(await asking.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services));
    }

    // Row D6.
    [Fact(Timeout = 120_000)]
    public async Task Questions_bring_nothing_back_and_the_first_start_does_and_says_so()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: no kill -9");
        await using (var engine = EngineProcess.Start(_scratch, "serve"))
        {
            using var client = await ControlClient.WaitAsync(_scratch.Socket);
            await client.RunAsync(new ShareRequest { Paths = [_scratch.File("a.bin", 10)], LocalOnly = true, Name = "papers", Save = true });
            engine.Signal(EngineProcess.Kill);
            await engine.ExitAsync();
        }

        await using var next = EngineProcess.Start(_scratch, "serve", "--no-resume");
        using var asking = await ControlClient.WaitAsync(_scratch.Socket);
        Assert.True(Assert.Single(await asking.GetAsync<IReadOnlyList<SavedService>>(Routes.Saved)).ComesBack);
        await asking.GetAsync<TorStatus>(Routes.Tor);
        Assert.Empty(await asking.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services));
        Assert.Empty((await asking.EngineAsync()).ComingBack);

        await asking.RunAsync(new ShareRequest { Paths = [_scratch.File("b.bin", 10)], LocalOnly = true });

        Assert.Equal(["papers"], (await asking.EngineAsync()).ComingBack);
        using var restored = await asking.Http.PostAsync(Routes.Restore("papers"), new StringContent("{}", System.Text.Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.OK, restored.StatusCode);
    }

    // Row W22.
    [Fact(Timeout = 120_000)]
    public async Task What_a_killed_engine_left_half_written_is_gone_after_the_next_start()
    {
        var saved = Directory.CreateDirectory(Path.Combine(_scratch.State, "services")).FullName;
        string[] left = [Path.Combine(saved, "0123.json.new"), Path.Combine(saved, "0123.json.progress.new"), Path.Combine(_scratch.State, "tor.json.new")];
        foreach (var file in left) await File.WriteAllTextAsync(file, "{\"secrets\":", Cancel);
        await using var engine = EngineProcess.Start(_scratch, "serve", "--no-resume");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var clock = Stopwatch.StartNew();
        while (left.Any(File.Exists) && clock.Elapsed < EngineProcess.Limit) await client.EngineAsync();
        Assert.DoesNotContain(left, File.Exists);
    }

    // Row C6.
    [Fact(Timeout = 120_000)]
    public async Task A_state_folder_that_is_no_whole_path_is_refused_and_nothing_is_made()
    {
        var before = Directory.EnumerateFileSystemEntries(_scratch.Path, "*", SearchOption.AllDirectories).Count();
        await using var engine = EngineProcess.Start(_scratch, new Dictionary<string, string> { ["ONIONSHARE_HOME"] = "rel" }, "serve");
        Assert.Equal(1, await engine.ExitAsync());
        await engine.Process.WaitForExitAsync(Cancel);
        Assert.Equal("ONIONSHARE_HOME is 'rel', which is no absolute path. Set it to the whole path of a folder, from the root on.", engine.Messages);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(_scratch.Path, "*", SearchOption.AllDirectories).Count());
    }

    // Row «root's control socket taken over»: root may set the mode of anybody's folder, which proves nothing.
    [Fact(Timeout = 120_000)]
    public async Task A_folder_of_another_user_is_not_used_even_by_root()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess, "skipped: only root can give a folder away");
        var run = Directory.CreateDirectory(Path.Combine(_scratch.State, "run")).FullName;
        using (var chown = Process.Start("chown", ["65534", run])) await chown.WaitForExitAsync(Cancel);
        await using var engine = EngineProcess.Start(_scratch, "serve");
        Assert.Equal(1, await engine.ExitAsync());
        await engine.Process.WaitForExitAsync(Cancel);
        Assert.Contains($"'{run}' can't be used: it belongs to another user (id 65534).", engine.Messages, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(run));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_state_folder_that_can_not_be_used_is_said_and_ends_with_1()
    {
        await File.WriteAllTextAsync(_scratch.State, "a file stands in the way", Cancel);
        await using var engine = EngineProcess.Start(_scratch, "serve");
        Assert.Equal(1, await engine.ExitAsync());
        await engine.Process.WaitForExitAsync(Cancel);
        Assert.Contains("can't be used", engine.Messages, StringComparison.Ordinal);
        Assert.Contains("ONIONSHARE_HOME", engine.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", engine.Messages, StringComparison.Ordinal);
    }
}
