using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about saved services, changes and client keys.</summary>
internal sealed partial class EngineClient
{
    // The engine answers when the descriptor has been uploaded: until then nobody reaches the service.
    private static readonly TimeSpan PublishLimit = TimeSpan.FromMinutes(5);

    public Task<IReadOnlyList<SavedService>> SavedAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Saved, ContractsJson.Default.IReadOnlyListSavedService, cancellationToken);

    public async Task<SavedService> SaveAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, Routes.Save(id), null, cancellationToken);
        return await ReadAsync(response, ContractsJson.Default.SavedService, cancellationToken);
    }

    public Task<LaunchedService> RestoreAsync(string name, RestoreRequest how, CancellationToken cancellationToken) =>
        LaunchAsync(Routes.Restore(name), how, ContractsJson.Default.RestoreRequest, cancellationToken);

    public async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.OneSaved(name), null, cancellationToken);
    }

    public Task<SavedService> ExportAsync(string name, ExportRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.Export(name), request, ContractsJson.Default.ExportRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<SavedService> ImportAsync(ImportRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.Saved, request, ContractsJson.Default.ImportRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<ServiceStatus> ChangeAsync(string id, ServiceChange change, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Patch, Routes.Service(id), change, ContractsJson.Default.ServiceChange, ContractsJson.Default.ServiceStatus, cancellationToken);

    /// <summary>Grants access to a service that runs, or, where <paramref name="id"/> is null, to a saved one.</summary>
    public Task<ClientAccess> GrantAsync(string name, string? id, GrantRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        id is null ? Routes.SavedClients(name) : Routes.Clients(id),
        request,
        ContractsJson.Default.GrantRequest,
        ContractsJson.Default.ClientAccess,
        cancellationToken,
        PublishLimit);

    /// <summary>Revokes access to a service that runs, or, where <paramref name="id"/> is null, to a saved one.</summary>
    public async Task RevokeAsync(string name, string? id, string clientName, CancellationToken cancellationToken)
    {
        var route = id is null ? Routes.SavedClient(name, clientName) : Routes.Client(id, clientName);
        using var response = await SendAsync(HttpMethod.Delete, route, null, cancellationToken, PublishLimit);
    }

    private async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method,
        string route,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken,
        TimeSpan? answerLimit = null)
    {
        using var content = JsonContent.Create(body, bodyType);
        using var response = await SendAsync(method, route, content, cancellationToken, answerLimit);
        return await ReadAsync(response, answerType, cancellationToken);
    }
}
