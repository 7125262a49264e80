using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.Tor.Circumvention;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>Asking for bridges through the control API of a real engine.</summary>
public sealed class BridgeApiTests : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private ApiStandIn _api = null!;
    private MeekStandIn _meek = null!;
    private EngineProcess _engine = null!;
    private ControlClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiStandIn.HttpAsync();
        _meek = await MeekStandIn.StartAsync(_api.Port);
        _engine = EngineProcess.Start(_scratch, "serve", "--tor", Path.Combine(AppContext.BaseDirectory, "onionshare-engine.dll"));
        _client = await ControlClient.WaitAsync(_scratch.Socket);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
        await _meek.DisposeAsync();
        await _api.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_not_allowed_or_not_possible_is_a_problem_and_nothing_is_asked()
    {
        using var tor = await PostAsync("{}");
        Assert.Equal(ProblemCodes.TorNotConnected, (await ControlClient.ProblemAsync(tor, HttpStatusCode.Conflict)).Code);
        using var meek = await PostAsync("""{"route":"Meek"}""");
        Assert.Equal(ProblemCodes.OutsideTor, (await ControlClient.ProblemAsync(meek, HttpStatusCode.Forbidden)).Code);
        using var country = await PostAsync("""{"country":"../x"}""");
        Assert.Equal(ProblemCodes.InvalidRequest, (await ControlClient.ProblemAsync(country, HttpStatusCode.BadRequest)).Code);
        using var nothing = await PostAsync("""{"transports":[null]}""");
        Assert.Equal(ProblemCodes.InvalidRequest, (await ControlClient.ProblemAsync(nothing, HttpStatusCode.BadRequest)).Code);
        Assert.Equal(TorState.Off, (await _client.EngineAsync()).Tor.State);
        Assert.Empty(_api.Asked);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_through_meek_is_a_list_of_offers()
    {
        Requires.Obfs4Proxy();
        _api.Says("settings", ApiStandIn.Settings("ir", ("obfs4", "bridgedb", [ApiStandIn.Obfs4])));
        using var answer = await PostAsync(Meek());
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        var offer = Assert.Single(JsonSerializer.Deserialize(text, ContractsJson.Default.IReadOnlyListBridgeOffer)!);
        Assert.Equal(("obfs4", "ir", ApiStandIn.Obfs4), (offer.Transport, offer.Country, Assert.Single(offer.Lines)));
        Assert.Empty(Transports());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("the client leaves")]
    [InlineData("the engine is stopped")]
    [InlineData("the engine is terminated")]
    [InlineData("the engine is killed")]
    public async Task A_transport_does_not_outlive_the_question(string end)
    {
        Requires.Obfs4Proxy();
        if (OperatingSystem.IsWindows()) Assert.Skip("skipped: Windows has no signals");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Answers["settings"] = context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = PostAsync(Meek(), leave.Token);
        await asked.Task.WaitAsync(EngineProcess.Limit, Cancel);
        var transport = Assert.Single(Transports());

        switch (end)
        {
            case "the client leaves":
                await leave.CancelAsync();
                break;
            case "the engine is stopped":
                using (await _client.Http.DeleteAsync(Routes.Engine, Cancel)) break;
            case "the engine is terminated":
                _engine.Signal(EngineProcess.Terminate);
                break;
            default:
                _engine.Signal(EngineProcess.Kill);
                break;
        }

        await transport.WaitForExitAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        await Assert.ThrowsAnyAsync<Exception>(async () => (await asking).EnsureSuccessStatusCode());
        if (end == "the engine is killed") return; // then its folder in the temporary folder is left, an empty one
        if (end != "the client leaves") await _engine.ExitAsync();
        await Until.TrueAsync(() => Directory.GetDirectories(_scratch.Temp).Length == 0);
    }

    private string Meek() =>
        $$"""{"route":"Meek","outsideTor":true,"source":"http://127.0.0.1:{{_api.Port}}/moat","meekBridge":"meek_lite 192.0.2.20:80 url=http://127.0.0.1:{{_meek.Port}}/"}""";

    private Task<HttpResponseMessage> PostAsync(string body, CancellationToken? cancel = null) =>
        _client.Http.PostAsync(Routes.TorBridges, new StringContent(body, Encoding.UTF8, "application/json"), cancel ?? Cancel);

    private Process[] Transports() =>
        [.. Process.GetProcessesByName("obfs4proxy").Where(process => File.ReadAllText($"/proc/{process.Id}/stat").Split(' ')[3] == $"{_engine.Id}")];
}
