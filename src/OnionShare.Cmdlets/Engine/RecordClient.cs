namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about records that vaults keep. They are told in bodies only.</summary>
internal sealed class RecordClient(EngineClient engine)
{
    public Task<ServiceRecord> OfAsync(string id, CancellationToken cancellationToken) => engine.PostAsync<ServiceRecord>(Routes.Record(id), null, cancellationToken);

    /// <summary>The record with what was changed of the service since.</summary>
    public Task<ServiceRecord> UpdateAsync(string id, UpdateRecordRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<ServiceRecord>(Routes.UpdateRecord(id), ContractsJson.Body(request), cancellationToken);

    /// <summary>Says that a vault keeps a service; the engine forgets what it has on the disk.</summary>
    public Task LeaveToVaultAsync(string id, string vault, CancellationToken cancellationToken) =>
        engine.DoAsync(HttpMethod.Put, Routes.Vault(id), ContractsJson.Body(new VaultRequest { Vault = vault }), cancellationToken);

    /// <summary>Says that no vault keeps a service any more.</summary>
    public Task LeaveVaultAsync(string id, CancellationToken cancellationToken) => engine.DoAsync(HttpMethod.Delete, Routes.Vault(id), null, cancellationToken);

    public Task<SavedService> DescribeAsync(RecordRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<SavedService>(Routes.Records, ContractsJson.Body(request), cancellationToken);

    public Task<GrantedRecord> GrantAsync(GrantRecordRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<GrantedRecord>(Routes.GrantRecord, ContractsJson.Body(request), cancellationToken);

    public Task<ServiceRecord> RevokeAsync(RevokeRecordRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<ServiceRecord>(Routes.RevokeRecord, ContractsJson.Body(request), cancellationToken);

    public Task<SavedService> ExportAsync(ExportRecordRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<SavedService>(Routes.ExportRecord, ContractsJson.Body(request), cancellationToken);

    public Task<ServiceRecord> ImportAsync(ImportRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<ServiceRecord>(Routes.ImportRecord, ContractsJson.Body(request), cancellationToken);
}
