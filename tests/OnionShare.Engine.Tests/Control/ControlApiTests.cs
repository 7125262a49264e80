using System.Net;
using System.Net.Http.Json;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>Every route of the control API, over its socket.</summary>
public sealed class ControlApiTests : IAsyncLifetime
{
    private readonly LocalEngine _local = new();
    private ControlSocket _socket = null!;
    private ControlServer _server = null!;
    private ControlClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.True(ControlSocket.TryTake(_local.Scratch.State, out var socket));
        _socket = socket;
        _server = await ControlServer.StartAsync(_local.Engine, socket, Cancel);
        _client = new ControlClient(socket.Path);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _socket.Dispose();
        await _local.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_engine_tells_of_itself()
    {
        var status = await _client.EngineAsync();
        Assert.Equal(Environment.ProcessId, status.ProcessId);
        Assert.Equal(_local.Scratch.Socket, status.Socket);
        Assert.Equal(_local.Scratch.State, status.StateFolder);
        Assert.Equal(0, status.Services);
        Assert.Equal(TorState.Off, status.Tor.State);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("{\"source\":\"http://127.0.0.1:9/\",\"withoutSignature\":true}", HttpStatusCode.ServiceUnavailable, ProblemCodes.InstallFailed, "could not be fetched from http://127.0.0.1:9/")]
    [InlineData("{\"source\":\"ftp://x/\"}", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest, "no http or https address")]
    [InlineData("{\"keySource\":\"x\"}", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest, "no http or https address")]
    [InlineData("{\"version\":\"x\"}", HttpStatusCode.BadRequest, ProblemCodes.InvalidRequest, "not understood")]
    public async Task A_tor_that_can_not_be_fetched_is_told_of_with_what_to_install_by_hand(string body, HttpStatusCode status, string code, string said)
    {
        using var answer = await _client.Http.PostAsync(Routes.TorInstall, new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        var problem = await ControlClient.ProblemAsync(answer, status);

        Assert.Equal(code, problem.Code);
        Assert.Contains(said, problem.Detail, StringComparison.Ordinal);
        if (code == ProblemCodes.InstallFailed)
        {
            var byHand = OperatingSystem.IsWindows() ? "winget install TorProject.TorBrowser" : OperatingSystem.IsMacOS() ? "brew install tor" : "apt install tor";
            Assert.Contains(byHand, problem.Advice, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_local.Scratch.Traces, trace => trace.Contains("tor-program", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_service_is_started_shown_listed_visited_and_stopped()
    {
        var bytes = Scratch.Bytes(5000);
        var started = await _client.RunAsync(Local(_local.Scratch.File("a.bin", bytes)) with { Name = "mine", KeepSharing = true });
        Assert.Equal(ServiceState.Running, started.State);
        Assert.Equal("mine", started.Name);
        Assert.True(started.Detached);
        using var visitor = new Visitor(started.Url!);
        Assert.Equal(bytes, await visitor.DownloadAsync());
        await _local.SeenAsync(happened => happened is TransferChanged { Transfer.State: TransferState.Completed });

        var shown = await _client.ServiceAsync(started.Id);
        Assert.Equal(1, shown.CompletedTransfers);
        Assert.Equal(started.Id, Assert.Single(await _client.GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services)).Id);
        var transfer = Assert.Single(await _client.GetAsync<IReadOnlyList<Transfer>>(Routes.Transfers(started.Id)));
        Assert.Equal((TransferState.Completed, 5000L, "a.bin"), (transfer.State, transfer.Bytes, transfer.Name));

        using var stopped = await _client.Http.DeleteAsync(Routes.Service(started.Id), Cancel);
        Assert.Equal(HttpStatusCode.Accepted, stopped.StatusCode);
        var ended = await _client.SeenAsync(started.Id, service => service.State.IsEnded());
        Assert.Equal((ServiceState.Stopped, StopReason.Requested, (int?)null), (ended.State, ended.StopReason, ended.Port));
        using var again = await _client.Http.DeleteAsync(Routes.Service(started.Id) + "?force=true", Cancel);
        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", "application/json")]
    [InlineData("{", "application/json")]
    [InlineData("null", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("\"share\"", "application/json")]
    [InlineData("{}", "application/json")]
    [InlineData("""{"mode":"nonsense"}""", "application/json")]
    [InlineData("""{"mode":"share"}""", "application/json")]
    [InlineData("""{"mode":"share","paths":null}""", "application/json")]
    [InlineData("""{"mode":"share","paths":[]}""", "application/json")]
    [InlineData("""{"mode":"share","paths":[null]}""", "application/json")]
    [InlineData("""{"mode":"share","paths":[""]}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["relative/path"]}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"unknown":1}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"guessLimit":-1}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"name":""}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"name":"a\u001b[2Jb"}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"password":""}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"password":"   "}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"password":"x","public":true}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"stopAfter":"-00:00:01"}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"stopAfter":"9999999.00:00:00"}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"stopAt":"2001-01-01T00:00:00Z"}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"],"startAt":"2099-01-02T00:00:00Z","stopAt":"2099-01-01T00:00:00Z"}""", "application/json")]
    [InlineData("""{"mode":"share","paths":["/no/such"]}""", "text/plain")]
    public async Task What_is_no_request_is_refused_with_a_sentence_and_nothing_is_started(string body, string type)
    {
        using var answer = await _client.PostAsync(body, type);
        var problem = await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(ProblemCodes.InvalidRequest, problem.Code);
        Assert.Empty(_local.Engine.Services.All);
        Assert.True(_local.Engine.Services.IsIdle);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_missing_path_a_dead_owner_and_a_taken_name_have_codes_of_their_own()
    {
        using var missing = await _client.PostAsync("""{"mode":"share","paths":["/no/such\u001bpath"],"localOnly":true}""");
        Assert.Equal(ProblemCodes.PathNotFound, (await ControlClient.ProblemAsync(missing, HttpStatusCode.BadRequest)).Code);
        using var owner = await _client.PostAsync("""{"mode":"share","paths":["/no/such"],"owner":{"processId":-1,"start":"2020"}}""");
        Assert.Equal(ProblemCodes.OwnerNotFound, (await ControlClient.ProblemAsync(owner, HttpStatusCode.BadRequest)).Code);
        // The right process id with another start time is another process.
        using var other = await _client.PostAsync($$$"""{"mode":"share","paths":["/no/such"],"owner":{"processId":{{{Environment.ProcessId}}},"start":"2020"}}""");
        Assert.Equal(ProblemCodes.OwnerNotFound, (await ControlClient.ProblemAsync(other, HttpStatusCode.BadRequest)).Code);

        var request = Local(_local.Scratch.File("a.bin", 10)) with { Name = "taken" };
        await _client.StartAsync(request);
        using var twice = await _client.PostAsync(System.Text.Json.JsonSerializer.Serialize(request with { Name = "TAKEN" }, ContractsJson.Default.ServiceRequest));
        Assert.Equal(ProblemCodes.NameInUse, (await ControlClient.ProblemAsync(twice, HttpStatusCode.Conflict)).Code);
        Assert.Single(_local.Engine.Services.All);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_not_there_is_a_problem_too()
    {
        foreach (var path in new[] { Routes.Service("00000000"), Routes.Transfers("nope"), Routes.Service("%1b"), "/v1/nonsense", "/" })
        {
            using var answer = await _client.Http.GetAsync(path, Cancel);
            await ControlClient.ProblemAsync(answer, HttpStatusCode.NotFound);
        }

        using var wrong = await _client.Http.PutAsync(Routes.Services, new StringContent("{}"), Cancel);
        await ControlClient.ProblemAsync(wrong, HttpStatusCode.MethodNotAllowed);
        var scheduled = await _client.StartAsync(Local(_local.Scratch.File("a.bin", 10)) with { StartAt = DateTimeOffset.UtcNow.AddHours(1) });
        Assert.Equal(ServiceState.Scheduled, scheduled.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_text_comes_back_as_a_QR_code_in_the_form_that_was_asked_for()
    {
        const string link = "http://onionshare:constrict-purity-lantern@2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion";
        var text = await DrawnAsync(new QrRequest(link));
        Assert.Equal(QrCode.Lines(link), text.Lines);
        Assert.Null(text.Image);
        var png = (await DrawnAsync(new QrRequest(link, QrForm.Png))).Image!;
        Assert.Equal("\u0089PNG\r\n\u001a\n", Encoding.Latin1.GetString(png, 0, 8));
        Assert.StartsWith("<svg ", Encoding.UTF8.GetString((await DrawnAsync(new QrRequest(link, QrForm.Svg))).Image!), StringComparison.Ordinal);

        using var nothing = await _client.Http.PostAsJsonAsync(Routes.QrCode, new QrRequest(""), ContractsJson.Default.QrRequest, Cancel);
        Assert.Equal(ProblemCodes.InvalidRequest, (await ControlClient.ProblemAsync(nothing, HttpStatusCode.BadRequest)).Code);

        async Task<QrDrawing> DrawnAsync(QrRequest request)
        {
            using var answer = await _client.Http.PostAsJsonAsync(Routes.QrCode, request, ContractsJson.Default.QrRequest, Cancel);
            return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.QrDrawing, Cancel))!;
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_begin_with_what_is_there_and_end_with_the_last_states_of_the_services()
    {
        var running = await _client.RunAsync(Local(_local.Scratch.File("a.bin", 10)));
        var other = await _client.RunAsync(Local(_local.Scratch.File("b.bin", 10)));
        var seen = new List<EngineEvent>();
        var snapshot = new TaskCompletionSource();
        var reading = Task.Run(
            async () =>
            {
                await foreach (var happened in _client.EventsAsync($"{Routes.Events}?service={running.Id}", Cancel))
                {
                    seen.Add(happened);
                    if (seen.Count == 2) snapshot.SetResult();
                }
            },
            Cancel);
        await snapshot.Task.WaitAsync(EngineProcess.Limit, Cancel);
        Assert.IsType<TorChanged>(seen[0]);
        Assert.Equal(ServiceState.Running, Assert.IsType<ServiceChanged>(seen[1]).Service.State);

        await _local.Engine.Services.CloseAsync(StopReason.EngineStopped, force: true);
        await _server.DisposeAsync();
        await reading.WaitAsync(EngineProcess.Limit, Cancel);

        Assert.DoesNotContain(seen, happened => happened is ServiceChanged changed && changed.Service.Id == other.Id);
        Assert.Equal(
            [ServiceState.Running, ServiceState.Draining, ServiceState.Stopped],
            seen.OfType<ServiceChanged>().Select(changed => changed.Service.State).Distinct());
        Assert.Equal(StopReason.EngineStopped, seen.OfType<ServiceChanged>().Last().Service.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task Asking_the_engine_to_stop_waits_however_often_and_only_force_cuts()
    {
        using var first = await _client.Http.DeleteAsync(Routes.Engine, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.True(_server.StopRequested.IsCompleted);
        Assert.False(_server.CutRequested.IsCompleted);
        using (await _client.Http.DeleteAsync(Routes.Engine, Cancel)) Assert.False(_server.CutRequested.IsCompleted);
        using var forced = await _client.Http.DeleteAsync(Routes.Engine + "?force=true", Cancel);
        Assert.True(_server.CutRequested.IsCompleted);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_request_that_comes_while_the_engine_closes_is_told_so()
    {
        Assert.True(_local.Engine.Services.TryCloseIdle());
        using var answer = await _client.PostAsync("""{"mode":"share","paths":["/no/such"],"localOnly":true}""");
        Assert.Equal(ProblemCodes.EngineStopping, (await ControlClient.ProblemAsync(answer, HttpStatusCode.ServiceUnavailable)).Code);
    }

    [Fact(Timeout = 120_000)]
    public void The_folders_and_the_socket_are_for_this_user_only_and_the_place_is_taken_once()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: Windows has no file modes");
            return;
        }

        // Row «CVE-2016-5026», row «key files written 0644».
        const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var run = Path.GetDirectoryName(_socket.Path)!;
        Assert.Equal(File600 | UnixFileMode.UserExecute, File.GetUnixFileMode(run));
        Assert.Equal(File600, File.GetUnixFileMode(_socket.Path));
        Assert.Equal(File600, File.GetUnixFileMode(Path.Combine(run, "engine.lock")));
        Assert.False(ControlSocket.TryTake(_local.Scratch.State, out _));
    }

    private static ShareRequest Local(string path) => new() { Paths = [path], LocalOnly = true };
}
