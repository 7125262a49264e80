using System.Net;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>Tor's settings and connection over the control API.</summary>
public sealed class TorRoutesTests : IAsyncLifetime
{
    private readonly LocalEngine _local = new();
    private ControlSocket _socket = null!;
    private ControlServer _server = null!;
    private ControlClient _client = null!;

    private string File => StatePaths.TorSettingsFile(_local.Scratch.State);

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
    public async Task To_look_brings_nothing_up_and_writes_nothing()
    {
        Assert.Equal(TorState.Off, (await _client.GetAsync<TorStatus>(Routes.Tor)).State);
        var settings = await _client.GetAsync<TorSettings>(Routes.TorSettings);
        Assert.Equal((TorConnectionType.Automatic, false), (settings.Connection, settings.HasControlPassword));
        Assert.Equal(TorState.Off, _local.Engine.Tor.Status.State);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact(Timeout = 120_000)]
    public async Task Settings_are_saved_and_given_out_without_their_secrets()
    {
        using var patched = await PatchAsync("""{"connection":"controlEndpoint","controlEndpoint":"127.0.0.1:1","controlPassword":"very secret"}""");
        foreach (var text in await AnswersAsync(patched))
        {
            Assert.DoesNotContain("very secret", text, StringComparison.Ordinal);
            var settings = JsonSerializer.Deserialize(text, ContractsJson.Default.TorSettings)!;
            Assert.Equal((TorConnectionType.ControlEndpoint, "127.0.0.1:1", true), (settings.Connection, settings.ControlEndpoint, settings.HasControlPassword));
        }

        Assert.Equal("very secret", _local.Engine.TorSettings.ControlPassword);
        using var again = await PatchAsync("""{"controlPassword":null}""");
        Assert.Null(_local.Engine.TorSettings.ControlPassword);
        Assert.Equal("127.0.0.1:1", _local.Engine.TorSettings.ControlEndpoint);
        Assert.Equal(TorState.Off, _local.Engine.Tor.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_password_of_a_proxy_is_kept_and_not_given_out()
    {
        using var patched = await PatchAsync("""{"proxy":"socks5://me:hidden@127.0.0.1:1080"}""");
        foreach (var text in await AnswersAsync(patched))
        {
            Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
            Assert.Equal("socks5://me@127.0.0.1:1080", JsonSerializer.Deserialize(text, ContractsJson.Default.TorSettings)!.Proxy);
        }

        Assert.Equal("socks5://me:hidden@127.0.0.1:1080", _local.Engine.TorSettings.Proxy);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_proxy_beside_a_tor_that_is_somebody_elses_is_refused_for_it_would_have_no_effect()
    {
        using var answer = await PatchAsync("""{"connection":"controlEndpoint","controlEndpoint":"127.0.0.1:1","proxy":"socks5://127.0.0.1:1080"}""");
        Assert.Equal("proxy", (await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest)).Target);
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("", ProblemCodes.InvalidRequest)]
    [InlineData("[]", ProblemCodes.InvalidRequest)]
    [InlineData("null", ProblemCodes.InvalidRequest)]
    [InlineData("{", ProblemCodes.InvalidRequest)]
    [InlineData("""{"torrc":[],"torrc":[]}""", ProblemCodes.InvalidRequest)]
    [InlineData("""{"colour":1}""", ProblemCodes.InvalidRequest)]
    [InlineData("""{"controlEndpoint":"127.0.0.1:9051","connectTimeout":"-00:00:01"}""", ProblemCodes.TorSettings)]
    [InlineData("""{"controlPassword":"ok","bindAddress":"127.0.0.1"}""", ProblemCodes.TorSettings)]
    public async Task What_is_refused_is_refused_whole_and_nothing_is_saved(string body, string code)
    {
        using var answer = await PatchAsync(body);
        Assert.Equal(code, (await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest)).Code);
        Assert.Null(_local.Engine.TorSettings.ControlEndpoint);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact(Timeout = 120_000)]
    public async Task Damaged_settings_are_a_problem_for_all_who_ask_but_not_for_a_local_service()
    {
        Directory.CreateDirectory(_local.Scratch.State);
        await System.IO.File.WriteAllTextAsync(File, "{ damaged", Cancel);
        using var read = await _client.Http.GetAsync(Routes.TorSettings, Cancel);
        Assert.Equal(ProblemCodes.TorSettings, (await ControlClient.ProblemAsync(read, HttpStatusCode.InternalServerError)).Code);
        using var change = await PatchAsync("""{"connection":"own"}""");
        Assert.Equal(ProblemCodes.TorSettings, (await ControlClient.ProblemAsync(change, HttpStatusCode.InternalServerError)).Code);
        using var connect = await _client.Http.PostAsync(Routes.TorConnect, null, Cancel);
        Assert.Equal(ProblemCodes.TorSettings, (await ControlClient.ProblemAsync(connect, HttpStatusCode.InternalServerError)).Code);
        Assert.Equal("{ damaged", await System.IO.File.ReadAllTextAsync(File, Cancel));

        var failed = await _client.RunAsync(new ShareRequest { Paths = [_local.Scratch.File("a.bin", 10)] });
        Assert.Equal((ServiceState.Failed, ProblemCodes.TorSettings), (failed.State, failed.Error?.Code));
        Assert.Equal(ServiceState.Running, (await _client.RunAsync(new ShareRequest { Paths = [_local.Scratch.File("b.bin", 10)], LocalOnly = true })).State);
    }

    [Fact(Timeout = 120_000)]
    public async Task To_connect_where_nothing_listens_is_a_problem_and_to_let_go_of_nothing_is_none()
    {
        using var patched = await PatchAsync("""{"connection":"controlEndpoint","controlEndpoint":"unix:/no/such/socket"}""");
        using var connect = await _client.Http.PostAsync(Routes.TorConnect, null, Cancel);
        var problem = await ControlClient.ProblemAsync(connect, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(ProblemCodes.TorControl, problem.Code);
        Assert.StartsWith("Nothing listens at unix:/no/such/socket: ", problem.Detail, StringComparison.Ordinal);
        Assert.Equal((TorState.Failed, problem.Code), (_local.Engine.Tor.Status.State, _local.Engine.Tor.Status.Error?.Code));

        using var disconnect = await _client.Http.PostAsync(Routes.TorDisconnect, null, Cancel);
        Assert.Equal(HttpStatusCode.OK, disconnect.StatusCode);
        Assert.Equal(TorState.Off, (await _client.GetAsync<TorStatus>(Routes.Tor)).State);
    }

    // What a change was answered with, and what is given out afterwards.
    private async Task<string[]> AnswersAsync(HttpResponseMessage patched)
    {
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        return [await patched.Content.ReadAsStringAsync(Cancel), await _client.Http.GetStringAsync(Routes.TorSettings, Cancel)];
    }

    private Task<HttpResponseMessage> PatchAsync(string body) =>
        _client.Http.PatchAsync(Routes.TorSettings, new StringContent(body, Encoding.UTF8, "application/merge-patch+json"), Cancel);
}
