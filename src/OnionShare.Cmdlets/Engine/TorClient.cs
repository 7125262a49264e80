using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about tor, and the tests that go through it.</summary>
internal sealed class TorClient(EngineClient engine)
{
    // RFC 7396 §4.
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");

    public Task<TorStatus> StatusAsync(CancellationToken cancellationToken) => engine.GetAsync<TorStatus>(Routes.Tor, cancellationToken);

    public Task<TorSettings> SettingsAsync(CancellationToken cancellationToken) => engine.GetAsync<TorSettings>(Routes.TorSettings, cancellationToken);

    public Task<TorSettings> ChangeAsync(TorSettingsPatch patch, CancellationToken cancellationToken) => engine.SendAsync<TorSettings>(
        HttpMethod.Patch, Routes.TorSettings, new StringContent(patch.ToJson().ToJsonString(), MergePatch), cancellationToken);

    /// <summary>Returns when tor is connected.</summary>
    public Task<TorStatus> ConnectAsync(CancellationToken cancellationToken) =>
        engine.PostAsync<TorStatus>(Routes.TorConnect, null, cancellationToken, EngineClient.NoLimit);

    public Task DisconnectAsync(bool force, CancellationToken cancellationToken) =>
        engine.DoAsync(HttpMethod.Post, Routes.TorDisconnect + EngineClient.Forced(force), null, cancellationToken);

    /// <summary>A diagnosis; the checks come one after the other. Who stops reading ends it.</summary>
    public IAsyncEnumerable<TorCheck> TestAsync(CancellationToken cancellationToken) => ChecksAsync(Routes.TorTest, null, cancellationToken);

    public Task<TorInstallation> InstallAsync(TorInstallRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<TorInstallation>(Routes.TorInstall, ContractsJson.Body(request), cancellationToken, EngineClient.NoLimit);

    public Task<IReadOnlyList<BridgeOffer>> RequestBridgesAsync(BridgeRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<IReadOnlyList<BridgeOffer>>(Routes.TorBridges, ContractsJson.Body(request), cancellationToken, EngineClient.NoLimit);

    /// <summary>A visit to a service; the steps come one after the other. Who stops reading ends it.</summary>
    public IAsyncEnumerable<TorCheck> TestServiceAsync(string id, ServiceTestRequest request, CancellationToken cancellationToken) =>
        ChecksAsync(Routes.ServiceTest(id), ContractsJson.Body(request), cancellationToken);

    private async IAsyncEnumerable<TorCheck> ChecksAsync(string route, HttpContent? body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var check in engine.StreamAsync<TorCheck>(HttpMethod.Post, route, body, cancellationToken)) yield return check;
        // The stream of a killed engine ends as that of a finished diagnosis does.
        if (!await engine.Running.IsThereAsync(cancellationToken)) throw EngineClient.Gone();
    }
}
