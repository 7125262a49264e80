using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about records that vaults keep. They are told in bodies only.</summary>
internal sealed partial class EngineClient
{
    public async Task<ServiceRecord> RecordAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, Routes.Record(id), null, cancellationToken);
        return await ReadAsync(response, ContractsJson.Default.ServiceRecord, cancellationToken);
    }

    /// <summary>The record with what was changed of the service since.</summary>
    public Task<ServiceRecord> UpdateRecordAsync(string id, UpdateRecordRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.UpdateRecord(id), request, ContractsJson.Default.UpdateRecordRequest, ContractsJson.Default.ServiceRecord, cancellationToken);

    /// <summary>Says that a vault keeps a service; the engine forgets what it has on the disk.</summary>
    public Task<ServiceStatus> LeaveToVaultAsync(string id, string vault, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, Routes.Vault(id), new VaultRequest { Vault = vault }, ContractsJson.Default.VaultRequest, ContractsJson.Default.ServiceStatus,
        cancellationToken);

    /// <summary>Says that no vault keeps a service any more.</summary>
    public async Task LeaveVaultAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.Vault(id), null, cancellationToken);
    }

    public Task<SavedService> DescribeRecordAsync(RecordRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.Records, request, ContractsJson.Default.RecordRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<LaunchedService> RestoreRecordAsync(RestoreRecordRequest request, CancellationToken cancellationToken) =>
        LaunchAsync(Routes.RestoreRecord, request, ContractsJson.Default.RestoreRecordRequest, cancellationToken);

    public Task<GrantedRecord> GrantRecordAsync(GrantRecordRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.GrantRecord, request, ContractsJson.Default.GrantRecordRequest, ContractsJson.Default.GrantedRecord, cancellationToken);

    public Task<ServiceRecord> RevokeRecordAsync(RevokeRecordRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.RevokeRecord, request, ContractsJson.Default.RevokeRecordRequest, ContractsJson.Default.ServiceRecord, cancellationToken);

    public Task<SavedService> ExportRecordAsync(ExportRecordRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.ExportRecord, request, ContractsJson.Default.ExportRecordRequest, ContractsJson.Default.SavedService, cancellationToken);

    public Task<ServiceRecord> ImportRecordAsync(ImportRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.ImportRecord, request, ContractsJson.Default.ImportRequest, ContractsJson.Default.ServiceRecord, cancellationToken);
}
