using System.Net;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Control;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

/// <summary>Bridges set through the control API of a real engine, as Set-OnionTor and Connect-OnionTor do.</summary>
public sealed class BridgeSettingsTests(TorNetworkFixture fixture) : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 240_000)]
    public async Task A_bridge_that_works_is_used_and_is_back_after_one_that_does_not()
    {
        var program = Requires.Obfs4Proxy();
        var network = await fixture.NetworkAsync();
        var bridge = await fixture.BridgeAsync();
        await using var engine = EngineProcess.Start(_scratch, "serve", "--tor", network.TorProgram, "--torrc-include", network.BridgeInclude);
        using var client = await ControlClient.WaitAsync(_scratch.Socket);

        await OkAsync(client, new { bridges = new[] { $"# by mail\r\nBridge {bridge.Obfs4Line}\r\n" }, transportExecutables = new[] { program } });
        using (var connected = await client.Http.PostAsync(Routes.TorConnect, null, Cancel))
        {
            var status = JsonSerializer.Deserialize(await connected.Content.ReadAsStringAsync(Cancel), ContractsJson.Default.TorStatus)!;
            Assert.Equal(TorState.Connected, status.State);
            Assert.Equal(["obfs4"], status.Transports);
        }

        var dead = bridge.Obfs4Line!.Replace($"{bridge.Obfs4Endpoint}", "127.0.0.1:1", StringComparison.Ordinal);
        await OkAsync(client, new { bridges = new[] { dead, dead }, connectTimeout = "00:00:10" });
        using var fell = await client.Http.PostAsync(Routes.TorConnect, null, Cancel);
        var problem = await ControlClient.ProblemAsync(fell, HttpStatusCode.GatewayTimeout);
        Assert.Equal(ProblemCodes.TorFellBack, problem.Code);
        Assert.Contains(" The obfs4 bridge does not answer. The last settings that connected are in use again", problem.Detail, StringComparison.Ordinal);
        Assert.Equal([$"# by mail\r\nBridge {bridge.Obfs4Line}\r\n"], (await client.GetAsync<TorSettings>(Routes.TorSettings)).Bridges);
        Assert.Equal((TorState.Connected, "obfs4"), ((await client.GetAsync<TorStatus>(Routes.Tor)).State, (await client.GetAsync<TorStatus>(Routes.Tor)).Transports[0]));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_tor_or_the_engine_can_not_take_is_not_saved()
    {
        var tor = Requires.Tor().Tor;
        await using var engine = EngineProcess.Start(_scratch, "serve", "--tor", tor);
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        await OkAsync(client, new { proxy = "socks5://me:secret-word@127.0.0.1:1", reachableAddresses = new[] { "*:443" } });

        await RefusedAsync(client, new { torrc = new[] { "NoSuchOption 1" } }, "torrc", "tor does not take these settings: Unknown option 'NoSuchOption'.  Failing.");
        await RefusedAsync(client, new { torrc = new[] { "Socks4Proxy 127.0.0.1:1" } }, "torrc", "tor does not take these settings: You have configured more than one proxy type.");
        await RefusedAsync(client, new { torrc = new[] { "ControlPort 9051" } }, "torrc", "The torrc line 'ControlPort 9051' is refused: the engine sets it.");
        await RefusedAsync(client, new { bridges = new[] { "obfs4 192.0.2.1:443" } }, "bridges", "Bridge line 1, 'obfs4 192.0.2.1:443', can't be used: it has no cert=, which obfs4 needs.");
        await RefusedAsync(client, new { proxy = "ftp://me:other-word@127.0.0.1:1" }, "proxy", "tor knows no proxy of the kind ftp://.");

        var settings = await client.GetAsync<TorSettings>(Routes.TorSettings);
        Assert.Equal("socks5://me@127.0.0.1:1", settings.Proxy);
        Assert.Equal(["*:443"], settings.ReachableAddresses);
        Assert.Empty(settings.Torrc);
        Assert.Empty(settings.Bridges);
        Assert.Equal(TorState.Off, (await client.EngineAsync()).Tor.State);
        Assert.DoesNotContain("torrc-", string.Concat(Directory.EnumerateFileSystemEntries(_scratch.Path, "*", SearchOption.AllDirectories)), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> PatchAsync(ControlClient client, object patch) =>
        await client.Http.PatchAsync(Routes.TorSettings, new StringContent(JsonSerializer.Serialize(patch), Encoding.UTF8, "application/merge-patch+json"), Cancel);

    private static async Task OkAsync(ControlClient client, object patch)
    {
        using var answer = await PatchAsync(client, patch);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        Assert.DoesNotContain("secret-word", text, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(ControlClient client, object patch, string target, string detail)
    {
        using var answer = await PatchAsync(client, patch);
        var problem = await ControlClient.ProblemAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal((ProblemCodes.TorSettings, target), (problem.Code, problem.Target));
        Assert.StartsWith(detail, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("-word", problem.ToString(), StringComparison.Ordinal);
    }
}
