using OnionShare.Engine.Services;

namespace OnionShare.Engine.Saved;

/// <summary>Starts saved services again at their addresses: when somebody asks for one, and those that ran detached when the engine begins.</summary>
internal sealed class ServiceRestorer(SavedServices saved, ServiceRegistry services, ServiceStore store, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<string, Task> _starting = new(StringComparer.OrdinalIgnoreCase); // those being restored, by name
    private Task? _resumed;

    /// <summary>The names of the services that come back by themselves in this engine's life; empty before <see cref="Resume"/>.</summary>
    public IReadOnlyList<string> ComingBackNames { get; private set; } = [];

    /// <summary>
    /// Starts a saved service at its address, with its password. One that runs already is given as it is: asking twice is asking once, also while the
    /// engine brings it back by itself.
    /// </summary>
    /// <returns>The service, and whether it ran already.</returns>
    /// <exception cref="ProblemException">It is not there, can't be started, or runs already with other times than those asked for.</exception>
    public async Task<(Service Service, bool RanAlready)> RestoreAsync(string name, RestoreRequest how, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task? other;
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (store.Changing)
            {
                if (saved.Running(name, how) is { } running) return (running, true);
                if (!_starting.TryGetValue(name, out other)) _starting.Add(name, mine.Task);
            }

            if (other is null) return (await StartSavedAsync(name, how, mine, cancellationToken), false);
            await other.WaitAsync(cancellationToken);
        }
    }

    private async Task<Service> StartSavedAsync(string name, RestoreRequest how, TaskCompletionSource mine, CancellationToken cancellationToken)
    {
        try
        {
            SavedRecord record;
            lock (store.Changing) record = saved.Find(name);
            var service = await StartAsync(record, how, saved, null, cancellationToken);
            lock (store.Changing)
            {
                saved.Failed(record.Name, null);
                // What is kept may have been changed, or forgotten, while the service was being made from it.
                if (store.Find(record.Name) is not { } latest) service.Keep(null);
                else if (!latest.Clients.SequenceEqual(record.Clients)) service.SetClients(latest.Clients);
                if (how.EncryptTo is not null) saved.Update(service, kept => kept with { Request = WithKeysOf(kept.Request, service.Settings) });
                saved.Note(service);
            }

            return service;
        }
        finally
        {
            lock (store.Changing) _starting.Remove(name);
            mine.SetResult();
        }
    }

    /// <summary>Starts the service of a record, which the keeper or the vault has and goes on keeping.</summary>
    /// <exception cref="ProblemException">It runs already, or can't be started.</exception>
    internal async Task<Service> StartAsync(
        SavedRecord record, RestoreRequest how, IServiceKeeper? keeper, string? vault, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var newTime = how.NoStopTime || how.StopAt is not null || how.StopAfter is not null;
        if (how.NoStopTime && (how.StopAt is not null || how.StopAfter is not null))
            throw new ProblemException(ProblemCodes.InvalidRequest, "A stop time and no stop time can't be asked for together.", "Take one of the two.");
        var request = record.Request with
        {
            Name = record.Name,
            Password = record.Secrets.Password,
            Owner = how.Owner,
            StartedBy = how.StartedBy,
            StartAt = how.StartAt ?? (record.Request.StartAt > now ? record.Request.StartAt : null),
            StopAt = newTime ? how.StopAt : record.Request.StopAt,
            StopAfter = newTime ? how.StopAfter : record.Request.StopAfter,
        };
        if (how.EncryptTo is { } files) request = WithKeys(request, files, isVaulted: keeper is null);
        if (!newTime && request.StopAt <= now)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"The stop time that was saved with '{record.Name}' has passed.",
                "Give another one (-StopAt, -StopAfter).", record.Name);
        }

        var key = record.Key();
        try
        {
            var identity = new ServiceIdentity(key, record.Clients, keeper, vault) { Progress = keeper is null ? null : store.ReadProgress(record.Name) };
            return await services.StartAsync(request, identity, cancellationToken);
        }
        catch
        {
            key?.Dispose();
            throw;
        }
    }

    private static ServiceRequest WithKeys(ServiceRequest request, IReadOnlyList<string> files, bool isVaulted)
    {
        if (isVaulted)
            throw new ProblemException(ProblemCodes.InvalidRequest, "Other keys can't be written to a vault by a restore.", "Export the service, import it to the disk, and restore it from there.");
        return request is ReceiveRequest { EncryptTo: not null } receive
            ? receive with { EncryptTo = files, EncryptToKeys = null }
            : throw new ProblemException(ProblemCodes.InvalidRequest, $"'{RemoteText.Show(request.Name)}' does not encrypt what it receives.", "Leave out -EncryptTo, or start a new service with it.", request.Name);
    }

    /// <summary>A request with the OpenPGP keys of another.</summary>
    internal static ServiceRequest WithKeysOf(ServiceRequest request, ServiceRequest other) =>
        request is ReceiveRequest inbox && other is ReceiveRequest { EncryptTo: var files, EncryptToKeys: var keys } ? inbox with { EncryptTo = files, EncryptToKeys = keys } : request;

    /// <summary>
    /// Brings back every service that ran detached when the engine went down; the first call does. The names are known and taken when it returns, the
    /// task ends when all have been begun, and never faults: what fails is told by <see cref="SavedServices.All"/> and logged.
    /// </summary>
    /// <param name="except">The name of one that somebody is about to start in their own way.</param>
    public Task Resume(string? except = null)
    {
        lock (store.Changing)
        {
            if (_resumed is not null) return _resumed;
            var due = Due().Where(record => !string.Equals(record.Name, except, StringComparison.OrdinalIgnoreCase)).ToArray();
            ComingBackNames = [.. due.Select(record => record.Name)];
            services.Hold(ComingBackNames);
            var begun = due.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
            foreach (var (record, mine) in due.Zip(begun)) _starting.TryAdd(record.Name, mine.Task);
            return _resumed = Task.Run(async () =>
            {
                foreach (var (record, mine) in due.Zip(begun)) await ResumeAsync(record, mine);
            });
        }
    }

    // Those that are to come back. One whose time is over while there was no engine is not.
    private IEnumerable<SavedRecord> Due()
    {
        try
        {
            var due = new List<SavedRecord>();
            foreach (var (_, record, _) in store.ReadAll())
            {
                if (record?.ComesBack is not { } comesBack) continue;
                if (comesBack.StopsAt <= time.GetUtcNow()) StayDown(record.Name);
                else due.Add(record);
            }

            return due;
        }
        catch (ProblemException failure)
        {
            logger.LogError("The saved services can't be read: {Problem}", failure.Problem);
            return [];
        }
    }

    // That it can't be noted is nothing to the others, and is tried again next time.
    private void StayDown(string name)
    {
        try
        {
            store.StayDown(name);
        }
        catch (ProblemException failure)
        {
            logger.LogError("That the time of {Name} is over can't be kept: {Problem}", name, failure.Problem);
        }
    }

    private async Task ResumeAsync(SavedRecord record, TaskCompletionSource mine)
    {
        var comesBack = record.ComesBack!;
        var how = new RestoreRequest
        {
            StartAt = comesBack.StartsAt > time.GetUtcNow() ? comesBack.StartsAt : null,
            StopAt = comesBack.StopsAt,
            StopAfter = comesBack.StopsAt is not { } stopsAt ? record.Request.StopAfter : comesBack.IsLength ? stopsAt - time.GetUtcNow() : null,
            NoStopTime = comesBack.StopsAt is null && record.Request.StopAfter is null,
        };
        try
        {
            await StartSavedAsync(record.Name, how, mine, CancellationToken.None);
        }
        catch (Exception failure)
        {
            var problem = (failure as ProblemException)?.Problem ?? new Problem(ProblemCodes.Internal, $"It failed: {failure.Message}");
            logger.LogError(failure, "The saved service {Name} does not come back", record.Name);
            saved.Failed(record.Name, problem);
        }
    }
}
