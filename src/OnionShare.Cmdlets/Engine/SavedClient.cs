namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about services that are saved on the disk.</summary>
internal sealed class SavedClient(EngineClient engine)
{
    public Task<IReadOnlyList<SavedService>> ListAsync(CancellationToken cancellationToken) =>
        engine.GetAsync<IReadOnlyList<SavedService>>(Routes.Saved, cancellationToken);

    public Task<SavedService> SaveAsync(string id, CancellationToken cancellationToken) => engine.PostAsync<SavedService>(Routes.Save(id), null, cancellationToken);

    public Task<SavedService> ChangeAsync(string name, ServiceChange change, CancellationToken cancellationToken) =>
        engine.SendAsync<SavedService>(HttpMethod.Patch, Routes.OneSaved(name), ContractsJson.Body(change), cancellationToken);

    public Task ForgetAsync(string name, CancellationToken cancellationToken) =>
        engine.DoAsync(HttpMethod.Delete, Routes.OneSaved(name), null, cancellationToken);

    public Task<SavedService> ExportAsync(string name, ExportRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<SavedService>(Routes.Export(name), ContractsJson.Body(request), cancellationToken);

    public Task<SavedService> ImportAsync(ImportRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<SavedService>(Routes.Saved, ContractsJson.Body(request), cancellationToken);
}
