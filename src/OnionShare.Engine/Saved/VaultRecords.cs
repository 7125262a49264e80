using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>
/// Hands out the records of services and takes them in again, for vaults that only the operator can open. The engine keeps nothing of them: not on the
/// disk, and in memory only while the service runs.
/// </summary>
public sealed class VaultRecords
{
    private const int LongestVault = 256;

    private readonly SavedServices _saved;
    private readonly ServiceRestorer _restorer;
    private readonly SavedTransport _transport;
    private readonly TimeProvider _time;

    internal VaultRecords(SavedServices saved, ServiceRestorer restorer, SavedTransport transport, TimeProvider time)
    {
        _saved = saved;
        _restorer = restorer;
        _transport = transport;
        _time = time;
    }

    /// <summary>What would be saved of a service that has not ended.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ServiceEnded"/>.</exception>
    public ServiceRecord Of(Service service) => Record(_saved.RecordOf(service) with { ComesBack = null }, service.Status.Vault);

    /// <summary>A record with what was changed since of the service that runs from it.</summary>
    /// <exception cref="ProblemException">The record is refused, or another service's.</exception>
    public ServiceRecord Update(Service service, UpdateRecordRequest request)
    {
        var record = Read(request.Document);
        if (record.Address != service.OnionAddress || record.Request.Mode != service.Status.Mode)
        {
            throw new ProblemException(
                ProblemCodes.SavedUnusable, $"The record is not that of '{service.Context.Name}', but of another service.",
                "Save the service under another name.", service.Context.Name);
        }

        var changed = ServiceChanges.Changed(record, service.Settings, request.StopTime) with { Clients = service.Clients, SavedAt = _time.GetUtcNow() };
        return Record(changed, service.Status.Vault);
    }

    /// <summary>Notes that a vault keeps a service, and forgets what is saved of it on the disk.</summary>
    /// <exception cref="ProblemException">It has ended, or can't be forgotten; it is then kept where it was.</exception>
    public void Keep(Service service, VaultRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Vault) || request.Vault.Length > LongestVault)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"A vault can't be called '{RemoteText.Show(request.Vault)}'.");
        _saved.LeaveTo(service, request.Vault);
    }

    /// <summary>What a record says, without the secrets.</summary>
    /// <exception cref="ProblemException">It is refused.</exception>
    public SavedService Describe(RecordRequest request) => _saved.Describe(Read(request), request.Vault);

    /// <summary>Starts the service of a record at its address, with its password.</summary>
    /// <exception cref="ProblemException">The record is refused, or the service can't be started; nothing was.</exception>
    /// <returns>The service, and whether it ran already.</returns>
    public Task<(Service Service, bool RanAlready)> RestoreAsync(RestoreRecordRequest request, CancellationToken cancellationToken) =>
        RestoreAsync(Read(request), Given(request.How, "how"), request.Vault, cancellationToken);

    /// <exception cref="ProblemException">The record is refused, the name is taken, or the service asks for no client keys.</exception>
    public GrantedRecord Grant(GrantRecordRequest request)
    {
        var (record, access) = ServiceChanges.Grant(Read(request), Given(request.Grant, "grant"));
        return new GrantedRecord { Record = Record(record, request.Vault), Access = access };
    }

    /// <exception cref="ProblemException">The record is refused, or has none of that name.</exception>
    public ServiceRecord Revoke(RevokeRecordRequest request)
    {
        var record = Read(request);
        return Record(record with { Clients = KnownClient.Remove(record.Clients, request.Client) }, request.Vault);
    }

    /// <summary>Writes a record to a file, as <see cref="SavedTransport.Export(string, ExportRequest)"/> does.</summary>
    /// <exception cref="ProblemException">The record is refused, or the file can't be written; no half file is left.</exception>
    public SavedService Export(ExportRecordRequest request)
    {
        var record = Read(request);
        _transport.Export(record, Given(request.Export, "export"));
        return _saved.Describe(record, request.Vault);
    }

    /// <summary>Reads a service from a file, as <see cref="SavedTransport.Import"/> does, but saves nothing.</summary>
    /// <exception cref="ProblemException">What is in the file is refused.</exception>
    public ServiceRecord Import(ImportRequest request) => Record(_transport.Read(request), null);

    private async Task<(Service Service, bool RanAlready)> RestoreAsync(
        SavedRecord record, RestoreRequest how, string? vault, CancellationToken cancellationToken) =>
        vault is not null && _saved.Running(record.Name, how, vault) is { } running
            ? (running, true)
            : (await _restorer.StartAsync(record, how, null, vault, cancellationToken), false);

    private ServiceRecord Record(SavedRecord record, string? vault) =>
        new() { Document = RecordDocument.Write(record), Service = _saved.Describe(record, vault) };

    // What is required may still be null in the JSON.
    private static T Given<T>(T? value, string property)
        where T : class =>
        value ?? throw new ProblemException(ProblemCodes.InvalidRequest, $"The request is not understood: '{property}' is null.");

    private SavedRecord Read(RecordRequest request) => Read(request.Document);

    private SavedRecord Read(string? document)
    {
        try
        {
            var record = RecordDocument.Read(document ?? "") with { ComesBack = null };
            record.Check(_time);
            return record;
        }
        catch (InvalidDataException refused)
        {
            throw new ProblemException(
                ProblemCodes.SavedUnusable, $"The record can't be used: {RemoteText.Show(refused.Message)}.",
                "Save the service again, or import it from a backup.", cause: refused);
        }
    }
}
