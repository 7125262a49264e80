using OnionShare.Engine.Services;

namespace OnionShare.Engine.Saved;

/// <summary>The services that are saved, and what is kept of them while they run.</summary>
public sealed class SavedServices : IServiceKeeper
{
    private readonly ServiceRegistry _services;
    private readonly ServiceStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, Problem> _failures = new(StringComparer.OrdinalIgnoreCase);

    internal SavedServices(ServiceRegistry services, ServiceStore store, TimeProvider time, ILogger logger)
    {
        _services = services;
        _store = store;
        _time = time;
        _logger = logger;
    }

    public IReadOnlyList<SavedService> All
    {
        get
        {
            lock (_store.Changing)
            {
                return [.. _store.ReadAll().Select(one => one.Record is { } record
                    ? Describe(record)
                    : new SavedService { Name = one.Name, SavedAt = DateTimeOffset.UnixEpoch, Error = one.Error })];
            }
        }
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedNotFound"/> or <see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public SavedService Get(string name)
    {
        lock (_store.Changing) return Describe(Find(name));
    }

    /// <summary>Starts a service and, if the request says so, saves it.</summary>
    /// <exception cref="ProblemException">The request can't be met; nothing was started and nothing saved.</exception>
    public async Task<Service> StartAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        if (!request.Save) return await _services.StartAsync(request, cancellationToken);
        lock (_store.Changing)
        {
            if (request.Name is null) request = request with { Name = FirstFree(request.Mode) };
            else if (_store.Find(request.Name) is { } there) throw InUse(there.Name);
        }

        var service = await _services.StartAsync(request, cancellationToken);
        try
        {
            Save(service);
            return service;
        }
        catch
        {
            service.Stop(StopReason.Requested, force: true);
            await service.Ended;
            throw;
        }
    }

    /// <summary>Saves a service as it is now; when it returns a power cut does not undo it.</summary>
    /// <exception cref="ProblemException">It has ended, or another saved service has its name.</exception>
    public SavedService Save(Service service)
    {
        lock (_store.Changing)
        {
            var record = RecordOf(service);
            var status = service.Status;
            if (!status.Saved && _store.Find(status.Name) is { } there && (there.Address != service.OnionAddress || status.LocalOnly)) throw InUse(there.Name);
            _store.Write(record);
            service.Keep(this);
            Note(service);
            return Get(record.Name);
        }
    }

    /// <summary>Forgets a saved service. One that runs goes on, and is then gone for good.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedNotFound"/> or <see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public void Remove(string name)
    {
        lock (_store.Changing)
        {
            if (!_store.Delete(name)) throw NotFound(name);
            Failed(name, null);
            Running(name)?.Keep(null);
        }
    }

    /// <summary>What is to be kept of a service as it is now.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ServiceEnded"/>.</exception>
    internal SavedRecord RecordOf(Service service)
    {
        var status = service.Status;
        var key = service.PrivateKey;
        if (status.State.IsEnded() || service.IsLeaving || (key is null && !status.LocalOnly))
        {
            throw new ProblemException(
                ProblemCodes.ServiceEnded, $"'{status.Name}' has ended or is about to.", "Start it again, with -Save.", status.Name);
        }

        var settings = service.Settings;
        return new SavedRecord
        {
            Name = status.Name,
            SavedAt = _time.GetUtcNow(),
            Address = service.OnionAddress,
            Request = SavedRecord.Kept(settings),
            Clients = service.Clients,
            ComesBack = ComesBack(service),
            Secrets = new SavedSecrets(settings.Password, key?[(key.IndexOf(':', StringComparison.Ordinal) + 1)..]),
        };
    }

    /// <summary>Leaves the keeping of a service to a vault: what is saved of it here is forgotten. Without a vault nobody keeps it.</summary>
    /// <exception cref="ProblemException">It has ended, or can't be forgotten; it is then kept where it was.</exception>
    internal void LeaveTo(Service service, string? vault)
    {
        lock (_store.Changing)
        {
            var status = service.Status;
            if (status.State.IsEnded())
                throw new ProblemException(ProblemCodes.ServiceEnded, $"'{status.Name}' has ended.", "Start it again.", status.Name);
            if (status.Saved && vault is null) return;
            if (status.Saved)
            {
                _store.Delete(status.Name);
                Failed(status.Name, null);
            }

            service.Keep(null, vault);
        }
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedNotFound"/> or <see cref="ProblemCodes.SavedUnusable"/>.</exception>
    internal SavedRecord Record(string name)
    {
        lock (_store.Changing) return Find(name) with { ComesBack = null };
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedNameInUse"/>, or <see cref="ProblemCodes.NameInUse"/> while it runs.</exception>
    internal SavedService Add(SavedRecord record, bool overwrite)
    {
        lock (_store.Changing)
        {
            if (Running(record.Name) is not null)
                throw new ProblemException(ProblemCodes.NameInUse, $"'{record.Name}' runs.", "Stop it first.", record.Name);
            if (!overwrite && _store.Find(record.Name) is { } there) throw InUse(there.Name);
            _store.Write(record);
            return Describe(record);
        }
    }

    /// <summary>Takes note why a service does not come back; null when that is over.</summary>
    internal void Failed(string name, Problem? failure)
    {
        lock (_store.Changing)
        {
            if (failure is null) _failures.Remove(name);
            else _failures[name] = failure;
        }
    }

    /// <summary>Removes what an engine that was killed left half-written. What fails is logged.</summary>
    public void Clean()
    {
        try
        {
            lock (_store.Changing) _store.Clean();
        }
        catch (ProblemException failure)
        {
            _logger.LogError("What is half-written can't be removed: {Problem}", failure.Problem);
        }
    }

    void IServiceKeeper.Reached(Service service) => NoteOrWarn(service);

    void IServiceKeeper.Leaving(Service service, StopReason reason)
    {
        // A service that went down with the engine, or for an error that may be gone next time, comes back with the next engine.
        if (reason is not StopReason.EngineStopped and not StopReason.Failed) NoteOrWarn(service);
    }

    void IServiceKeeper.Progressed(Service service, string? progress)
    {
        try
        {
            lock (_store.Changing)
            {
                if (service.Status.Saved) _store.WriteProgress(service.Context.Name, progress);
            }
        }
        catch (ProblemException failure)
        {
            _logger.LogWarning("How far the visitors of {Name} are can't be kept: {Problem}", service.Context.Name, failure.Problem);
        }
    }

    private void NoteOrWarn(Service service)
    {
        try
        {
            Note(service);
        }
        catch (ProblemException failure)
        {
            _logger.LogError("What is kept of {Name} could not be changed: {Problem}", service.Context.Name, failure.Problem);
            service.Context.Warn(
                service.IsLeaving
                    ? $"That '{service.Context.Name}' was stopped can't be saved, so it starts again with the next engine: {failure.Problem}"
                    : $"The saved settings of '{service.Context.Name}' can't be changed: {failure.Problem}");
        }
    }

    // Writes down whether the service is to come back, and when it is to stop, if that is not what is written already.
    internal void Note(Service service)
    {
        lock (_store.Changing)
        {
            if (!service.Status.Saved) return;
            if (ComesBack(service) is not { } comesBack) _store.StayDown(service.Context.Name);
            else if (_store.Find(service.Context.Name) is { } record && record.ComesBack != comesBack) _store.Write(record with { ComesBack = comesBack });
        }
    }

    /// <summary>Changes what is kept of a service, if it is saved.</summary>
    internal void Update(Service service, Func<SavedRecord, SavedRecord> change)
    {
        lock (_store.Changing)
        {
            if (service.Status.Saved && _store.Find(service.Context.Name) is { } record) _store.Write(change(record));
        }
    }

    private static ComingBack? ComesBack(Service service) => service.Owner is null && !service.IsLeaving ? Times(service) : null;

    internal static ComingBack Times(Service service) => new(service.Status.StartsAt, service.Status.StopsAt, service.Settings.StopAfter is not null);

    internal SavedRecord Find(string name) => _store.Find(name) ?? throw NotFound(name);

    internal Service? Running(string name, string? vault = null) => _services.Alive.FirstOrDefault(
        service => (vault is null ? service.Status.Saved : string.Equals(service.Status.Vault, vault, StringComparison.OrdinalIgnoreCase))
            && string.Equals(service.Context.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What there is to tell of a record, which a vault keeps or, without one, the store.</summary>
    internal SavedService Describe(SavedRecord record, string? vault = null) => new()
    {
        Name = record.Name,
        Mode = record.Request.Mode,
        Title = record.Request.Title,
        Address = record.Address,
        OnionBalance = ServiceIdentity.FrontOf(record.Request),
        Public = record.Request.Public,
        LocalOnly = record.Request.LocalOnly,
        RequireClientKey = record.Request.RequireClientKey,
        Clients = [.. record.Clients.Select(client => client.Name)],
        Paths = record.Request switch { PathsRequest some => some.Paths, ReceiveRequest inbox => [inbox.Path], _ => [] },
        SavedAt = record.SavedAt,
        ComesBack = record.ComesBack is not null,
        ServiceId = Running(record.Name, vault)?.Context.Id,
        Vault = vault,
        Error = vault is null ? _failures.GetValueOrDefault(record.Name) : null,
    };

    /// <summary>The service that runs from what is saved, here or in a vault; null when none does.</summary>
    /// <exception cref="ProblemException">It runs, but other times or keys are asked for.</exception>
    internal Service? Running(string name, RestoreRequest how, string? vault = null)
    {
        var running = Running(name, vault);
        if (running is not null && how.EncryptTo is not null)
            throw new ProblemException(ProblemCodes.NameInUse, $"'{RemoteText.Show(name)}' runs already; its keys were not changed.", "Stop it first.", name);
        if (running is null || !how.HasTimes) return running;
        throw new ProblemException(
            ProblemCodes.NameInUse, $"'{RemoteText.Show(name)}' runs already; its times were not changed.",
            "Set-OnionService changes the stop time of a service that runs.", name);
    }

    private string FirstFree(ServiceMode mode)
    {
        var taken = _store.ReadAll().Select(one => one.Name).Concat(_services.Alive.Select(service => service.Context.Name))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return mode.FirstFreeName(taken.Contains);
    }

    private static ProblemException NotFound(string name) => new(
        ProblemCodes.SavedNotFound, $"No saved service is named '{RemoteText.Show(name)}'.", "Get-OnionService -Saved lists them.", name);

    internal static ProblemException InUse(string name) => new(
        ProblemCodes.SavedNameInUse, $"There is a saved service named '{name}' already.",
        "Restore that one, take another name, or remove it first: its address is lost then.", name);
}
