using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>Changes of services that run, saved or not, and of saved ones that do not.</summary>
internal sealed class ServiceChanges(SavedServices saved, ServiceRegistry services, ServiceStore store, TimeProvider time)
{
    /// <summary>Changes a service while it runs, and what is saved of it.</summary>
    /// <exception cref="ProblemException">The change can't be made.</exception>
    public async Task ChangeAsync(Service service, ServiceChange change, CancellationToken cancellationToken)
    {
        var stopTime = change.NoStopTime || change.StopAt is not null || change.StopAfter is not null;
        await service.ChangeAsync(
            change,
            (settings, stopsAt) =>
            {
                SavedRecord Change(SavedRecord record) => Changed(record, settings, stopTime) with
                {
                    ComesBack = record.ComesBack is null && !change.Detach ? null : SavedServices.Times(service) with { StopsAt = stopsAt },
                };
                lock (store.Changing)
                {
                    if (change.Name is null) saved.Update(service, Change);
                    else Rename(service, change.Name, Change);
                }
            },
            cancellationToken);
    }

    /// <summary>Changes what is saved of a service, and the service that runs from it, if one does.</summary>
    /// <exception cref="ProblemException">The change can't be made.</exception>
    public async Task<SavedService> ChangeAsync(string name, ServiceChange change, CancellationToken cancellationToken)
    {
        if (saved.Running(name) is { } service)
        {
            await ChangeAsync(service, change, cancellationToken);
            return saved.Get(service.Context.Name);
        }

        lock (store.Changing)
        {
            var record = saved.Find(name);
            var changed = Changed(record, change);
            if (string.Equals(changed.Name, record.Name, StringComparison.OrdinalIgnoreCase))
            {
                store.Write(changed);
                return saved.Describe(changed);
            }

            if (store.Find(changed.Name) is { } there) throw SavedServices.InUse(there.Name);
            if (services.Alive.Any(other => string.Equals(other.Context.Name, changed.Name, StringComparison.OrdinalIgnoreCase)))
                throw new ProblemException(ProblemCodes.NameInUse, $"A service named '{RemoteText.Show(changed.Name)}' runs.", "Take another name.", changed.Name);
            Move(record.Name, changed);
            return saved.Describe(changed);
        }
    }

    private SavedRecord Changed(SavedRecord record, ServiceChange change)
    {
        RequestCheck.Check(change, record.Name, record.Secrets.Password is null, null, time);
        if (change.Detach)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"'{record.Name}' does not run, so nobody owns it.", "Detach it when it starts: Restore-OnionService -Detach.", record.Name);
        var request = ChangedSettings.Of(record.Request, change, record.Name);
        if (change.AddPaths is not null || change.RemovePaths is not null)
        {
            var (paths, listed) = ChangedSettings.Paths(request, change, record.Name);
            request = (ShareRequest)request with { Paths = paths, Listed = listed };
        }

        return record with
        {
            Name = change.Name ?? record.Name,
            Request = request,
            Secrets = record.Secrets with { Password = change.Password ?? record.Secrets.Password },
            ComesBack = record.ComesBack is { } back && (request.StopAt, request.StopAfter) != (record.Request.StopAt, record.Request.StopAfter)
                ? back with { StopsAt = request.StopAt, IsLength = false }
                : record.ComesBack,
            SavedAt = time.GetUtcNow(),
        };
    }

    private void Move(string old, SavedRecord record)
    {
        store.Write(record);
        store.WriteProgress(record.Name, store.ReadProgress(old));
        store.Delete(old);
        saved.Failed(old, null);
    }

    // The record under the new name is there before the old one is gone: what is saved must not be lost in between.
    private void Rename(Service service, string name, Func<SavedRecord, SavedRecord> change)
    {
        var old = service.Context.Name;
        var isSaved = service.Status.Saved && !string.Equals(old, name, StringComparison.OrdinalIgnoreCase);
        if (!string.Equals(old, name, StringComparison.OrdinalIgnoreCase) && store.Find(name) is { } there) throw SavedServices.InUse(there.Name);
        var record = service.Status.Saved ? store.Find(old) : null;
        services.Rename(service, name);
        if (record is null) return;
        try
        {
            if (isSaved) Move(old, change(record) with { Name = name });
            else store.Write(change(record) with { Name = name });
        }
        catch
        {
            services.Rename(service, old);
            throw;
        }
    }

    /// <summary>A record with the settings of the service that runs from it, but for what may hold for one run only: the stop time, unless that is what was changed.</summary>
    internal static SavedRecord Changed(SavedRecord record, ServiceRequest settings, bool stopTime)
    {
        var kept = record.Request;
        var (stopAt, stopAfter) = stopTime ? (settings.StopAt, settings.StopAfter) : (kept.StopAt, kept.StopAfter);
        // The keys were found at the start; what is looked through here may be without them.
        var request = ServiceRestorer.WithKeysOf(SavedRecord.Kept(settings), kept) with { StartAt = kept.StartAt, StopAt = stopAt, StopAfter = stopAfter };
        return record with { Request = request, Secrets = record.Secrets with { Password = settings.Password } };
    }

    /// <summary>Lets a visitor in; returns when the service, if it runs, is reachable by them.</summary>
    /// <exception cref="ProblemException">The name is taken, or the service asks for no client keys.</exception>
    public async Task<ClientAccess> GrantAsync(Service service, GrantRequest request, CancellationToken cancellationToken)
    {
        AssertAsksForKeys(service.Status.RequireClientKey, service.Context.Name);
        var (client, secret) = KnownClient.Of(request);
        lock (store.Changing) SetClients(service, KnownClient.Add(service.Clients, client));
        await service.PublishClientsAsync(cut: false, cancellationToken);
        return KnownClient.Access(client, secret, service.OnionAddress!);
    }

    /// <summary>Locks a visitor out; returns when that is so. All visitors under way are cut: whose they are can't be told.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ClientNotFound"/>.</exception>
    public async Task RevokeAsync(Service service, string client, CancellationToken cancellationToken)
    {
        lock (store.Changing) SetClients(service, KnownClient.Remove(service.Clients, client));
        await service.PublishClientsAsync(cut: true, cancellationToken);
    }

    /// <summary>As <see cref="GrantAsync(Service, GrantRequest, CancellationToken)"/>, for a saved service that need not run.</summary>
    public async Task<ClientAccess> GrantAsync(string name, GrantRequest request, CancellationToken cancellationToken)
    {
        if (saved.Running(name) is { } service) return await GrantAsync(service, request, cancellationToken);
        lock (store.Changing)
        {
            var (record, access) = Grant(saved.Find(name), request);
            store.Write(record);
            return access;
        }
    }

    /// <summary>A record with one more client key, and that key.</summary>
    /// <exception cref="ProblemException">The name is taken, or the service asks for no client keys.</exception>
    internal static (SavedRecord Record, ClientAccess Access) Grant(SavedRecord record, GrantRequest request)
    {
        AssertAsksForKeys(record.Request.RequireClientKey, record.Name);
        var (client, secret) = KnownClient.Of(request);
        return (record with { Clients = KnownClient.Add(record.Clients, client) }, KnownClient.Access(client, secret, record.Address!));
    }

    /// <summary>As <see cref="RevokeAsync(Service, string, CancellationToken)"/>, for a saved service that need not run.</summary>
    public async Task<SavedService> RevokeAsync(string name, string client, CancellationToken cancellationToken)
    {
        if (saved.Running(name) is { } service)
        {
            await RevokeAsync(service, client, cancellationToken);
            return saved.Get(name);
        }

        lock (store.Changing)
        {
            var record = saved.Find(name);
            store.Write(record with { Clients = KnownClient.Remove(record.Clients, client) });
            return saved.Get(name);
        }
    }

    private void SetClients(Service service, IReadOnlyList<KnownClient> clients)
    {
        // First what is kept: who has been locked out must not come in after a power cut.
        saved.Update(service, record => record with { Clients = clients });
        service.SetClients(clients);
    }

    private static void AssertAsksForKeys(bool asks, string name)
    {
        if (asks) return;
        throw new ProblemException(
            ProblemCodes.InvalidRequest, $"'{name}' asks for no client keys: everybody reaches it.", "Start it with -RequireClientKey.", name);
    }
}
