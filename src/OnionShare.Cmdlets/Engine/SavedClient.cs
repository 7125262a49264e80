using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about services that are saved on the disk.</summary>
internal sealed class SavedClient(EngineClient engine)
{
    public Task<IReadOnlyList<SavedService>> ListAsync(CancellationToken cancellationToken) =>
        engine.GetAsync(Routes.Saved, ContractsJson.Default.IReadOnlyListSavedService, cancellationToken);

    public Task<SavedService> SaveAsync(string id, CancellationToken cancellationToken) =>
        engine.SendAsync(HttpMethod.Post, Routes.Save(id), ContractsJson.Default.SavedService, cancellationToken);

    public Task<SavedService> ChangeAsync(string name, ServiceChange change, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Patch, Routes.OneSaved(name), change, ContractsJson.Default.ServiceChange, ContractsJson.Default.SavedService, cancellationToken);

    public async Task ForgetAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await engine.SendAsync(HttpMethod.Delete, Routes.OneSaved(name), null, cancellationToken);
    }

    public Task<SavedService> ExportAsync(string name, ExportRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.Export(name), request, ContractsJson.Default.ExportRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<SavedService> ImportAsync(ImportRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.Saved, request, ContractsJson.Default.ImportRequest, ContractsJson.Default.SavedService, cancellationToken);
}
