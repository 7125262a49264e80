using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about records that vaults keep. They are told in bodies only.</summary>
internal sealed class RecordClient(EngineClient engine)
{
    /// <summary>The record of a service that runs.</summary>
    public Task<ServiceRecord> OfAsync(string id, CancellationToken cancellationToken) =>
        engine.SendAsync(HttpMethod.Post, Routes.Record(id), ContractsJson.Default.ServiceRecord, cancellationToken);

    /// <summary>The record with what was changed of the service since.</summary>
    public Task<ServiceRecord> UpdateAsync(string id, UpdateRecordRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.UpdateRecord(id), request, ContractsJson.Default.UpdateRecordRequest, ContractsJson.Default.ServiceRecord, cancellationToken);

    /// <summary>Says that a vault keeps a service; the engine forgets what it has on the disk.</summary>
    public Task<ServiceStatus> LeaveToVaultAsync(string id, string vault, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Put, Routes.Vault(id), new VaultRequest { Vault = vault }, ContractsJson.Default.VaultRequest, ContractsJson.Default.ServiceStatus,
        cancellationToken);

    /// <summary>Says that no vault keeps a service any more.</summary>
    public async Task LeaveVaultAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await engine.SendAsync(HttpMethod.Delete, Routes.Vault(id), null, cancellationToken);
    }

    public Task<SavedService> DescribeAsync(RecordRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.Records, request, ContractsJson.Default.RecordRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<GrantedRecord> GrantAsync(GrantRecordRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.GrantRecord, request, ContractsJson.Default.GrantRecordRequest, ContractsJson.Default.GrantedRecord, cancellationToken);

    public Task<ServiceRecord> RevokeAsync(RevokeRecordRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.RevokeRecord, request, ContractsJson.Default.RevokeRecordRequest, ContractsJson.Default.ServiceRecord, cancellationToken);

    public Task<SavedService> ExportAsync(ExportRecordRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.ExportRecord, request, ContractsJson.Default.ExportRecordRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<ServiceRecord> ImportAsync(ImportRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.ImportRecord, request, ContractsJson.Default.ImportRequest, ContractsJson.Default.ServiceRecord, cancellationToken);
}
