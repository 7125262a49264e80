using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

internal sealed partial class EngineClient
{
    // RFC 7396 §4.
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");

    // Connecting, fetching and asking have limits of their own in the engine, and it answers when they are over.
    private static readonly TimeSpan NoLimit = Timeout.InfiniteTimeSpan;

    public Task<TorStatus> TorAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Tor, ContractsJson.Default.TorStatus, cancellationToken);

    public Task<TorSettings> TorSettingsAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.TorSettings, ContractsJson.Default.TorSettings, cancellationToken);

    public async Task<TorSettings> ChangeTorAsync(TorSettingsPatch patch, CancellationToken cancellationToken)
    {
        using var body = new StringContent(patch.ToJson().ToJsonString(), MergePatch);
        using var response = await SendAsync(HttpMethod.Patch, Routes.TorSettings, body, cancellationToken);
        return await ReadAsync(response, ContractsJson.Default.TorSettings, cancellationToken);
    }

    /// <summary>Returns when tor is connected.</summary>
    public async Task<TorStatus> ConnectTorAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, Routes.TorConnect, null, cancellationToken, NoLimit);
        return await ReadAsync(response, ContractsJson.Default.TorStatus, cancellationToken);
    }

    public async Task<TorStatus> DisconnectTorAsync(bool force, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, Routes.TorDisconnect + (force ? "?force=true" : ""), null, cancellationToken);
        return await ReadAsync(response, ContractsJson.Default.TorStatus, cancellationToken);
    }

    /// <summary>Begins a diagnosis; the checks come one after the other. Who stops reading ends it.</summary>
    public async Task<IAsyncEnumerable<TorCheck>> TestTorAsync(CancellationToken cancellationToken) =>
        ChecksAsync(await SendAsync(HttpMethod.Post, Routes.TorTest, null, cancellationToken), cancellationToken);

    public Task<TorInstallation> InstallTorAsync(TorInstallRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        Routes.TorInstall,
        request,
        ContractsJson.Default.TorInstallRequest,
        ContractsJson.Default.TorInstallation,
        cancellationToken,
        NoLimit);

    public Task<IReadOnlyList<BridgeOffer>> RequestBridgesAsync(BridgeRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        Routes.TorBridges,
        request,
        ContractsJson.Default.BridgeRequest,
        ContractsJson.Default.IReadOnlyListBridgeOffer,
        cancellationToken,
        NoLimit);

    /// <summary>Begins a visit to a service; the steps come one after the other. Who stops reading ends it.</summary>
    public async Task<IAsyncEnumerable<TorCheck>> TestServiceAsync(string id, ServiceTestRequest request, CancellationToken cancellationToken)
    {
        using var body = System.Net.Http.Json.JsonContent.Create(request, ContractsJson.Default.ServiceTestRequest);
        return ChecksAsync(await SendAsync(HttpMethod.Post, Routes.ServiceTest(id), body, cancellationToken), cancellationToken);
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
        if (!await IsThereAsync(cancellationToken)) throw Gone(null);
    }
}
