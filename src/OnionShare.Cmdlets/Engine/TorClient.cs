using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about tor, and the tests that go through it.</summary>
internal sealed class TorClient(EngineClient engine)
{
    // RFC 7396 §4.
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");

    public Task<TorStatus> StatusAsync(CancellationToken cancellationToken) =>
        engine.GetAsync(Routes.Tor, ContractsJson.Default.TorStatus, cancellationToken);

    public Task<TorSettings> SettingsAsync(CancellationToken cancellationToken) =>
        engine.GetAsync(Routes.TorSettings, ContractsJson.Default.TorSettings, cancellationToken);

    public async Task<TorSettings> ChangeAsync(TorSettingsPatch patch, CancellationToken cancellationToken)
    {
        using var body = new StringContent(patch.ToJson().ToJsonString(), MergePatch);
        using var response = await engine.SendAsync(HttpMethod.Patch, Routes.TorSettings, body, cancellationToken);
        return await EngineConnection.ReadAsync(response, ContractsJson.Default.TorSettings, cancellationToken);
    }

    /// <summary>Returns when tor is connected.</summary>
    public Task<TorStatus> ConnectAsync(CancellationToken cancellationToken) =>
        engine.SendAsync(HttpMethod.Post, Routes.TorConnect, ContractsJson.Default.TorStatus, cancellationToken, EngineClient.NoLimit);

    public Task<TorStatus> DisconnectAsync(bool force, CancellationToken cancellationToken) =>
        engine.SendAsync(HttpMethod.Post, Routes.TorDisconnect + (force ? "?force=true" : ""), ContractsJson.Default.TorStatus, cancellationToken);

    /// <summary>Begins a diagnosis; the checks come one after the other. Who stops reading ends it.</summary>
    public async Task<IAsyncEnumerable<TorCheck>> TestAsync(CancellationToken cancellationToken) =>
        ChecksAsync(await engine.SendAsync(HttpMethod.Post, Routes.TorTest, null, cancellationToken), cancellationToken);

    public Task<TorInstallation> InstallAsync(TorInstallRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post,
        Routes.TorInstall,
        request,
        ContractsJson.Default.TorInstallRequest,
        ContractsJson.Default.TorInstallation,
        cancellationToken,
        EngineClient.NoLimit);

    public Task<IReadOnlyList<BridgeOffer>> RequestBridgesAsync(BridgeRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post,
        Routes.TorBridges,
        request,
        ContractsJson.Default.BridgeRequest,
        ContractsJson.Default.IReadOnlyListBridgeOffer,
        cancellationToken,
        EngineClient.NoLimit);

    /// <summary>Begins a visit to a service; the steps come one after the other. Who stops reading ends it.</summary>
    public async Task<IAsyncEnumerable<TorCheck>> TestServiceAsync(string id, ServiceTestRequest request, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(request, ContractsJson.Default.ServiceTestRequest);
        return ChecksAsync(await engine.SendAsync(HttpMethod.Post, Routes.ServiceTest(id), body, cancellationToken), cancellationToken);
    }

    private async IAsyncEnumerable<TorCheck> ChecksAsync(
        HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (response)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var check in EventReader.ReadAsync(stream, ContractsJson.Default.TorCheck, cancellationToken)) yield return check;
        }

        // The stream of a killed engine ends as that of a finished diagnosis does.
        if (!await engine.Running.IsThereAsync(cancellationToken)) throw EngineClient.Gone();
    }
}
