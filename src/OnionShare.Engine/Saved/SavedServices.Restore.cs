using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Saved;

/// <summary>Saved services that are started again: by somebody, or by the engine when it begins.</summary>
public sealed partial class SavedServices
{
    /// <summary>Starts a saved service at its address, with its password.</summary>
    /// <exception cref="ProblemException">It is not there, runs already, or can't be started.</exception>
    public async Task<OnionService> RestoreAsync(string name, RestoreRequest how, CancellationToken cancellationToken)
    {
        SavedRecord record;
        lock (_gate) record = Find(name);
        var service = await StartAsync(record, how, this, null, cancellationToken);
        lock (_gate)
        {
            _failures.Remove(record.Name);
            // What is kept may have been changed, or forgotten, while the service was being made from it.
            if (_store.Find(record.Name) is not { } latest) service.Keep(null);
            else if (!latest.Clients.SequenceEqual(record.Clients)) service.SetClients(latest.Clients);
            Note(service);
        }

        return service;
    }

    /// <summary>Starts the service of a record, which the keeper or the vault has and goes on keeping.</summary>
    /// <exception cref="ProblemException">It runs already, or can't be started.</exception>
    internal async Task<OnionService> StartAsync(
        SavedRecord record, RestoreRequest how, IServiceKeeper? keeper, string? vault, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var newTime = how.NoStopTime || how.StopAt is not null || how.StopAfter is not null;
        if (how.NoStopTime && (how.StopAt is not null || how.StopAfter is not null))
            throw new ProblemException(ProblemCodes.InvalidRequest, "A stop time and no stop time exclude each other.", "Take one of the two.");
        var request = record.Request with
        {
            Name = record.Name,
            Password = record.Secrets.Password,
            Owner = how.Owner,
            StartAt = how.StartAt ?? (record.Request.StartAt > now ? record.Request.StartAt : null),
            StopAt = newTime ? how.StopAt : record.Request.StopAt,
            StopAfter = newTime ? how.StopAfter : record.Request.StopAfter,
        };
        if (!newTime && request.StopAt <= now)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"The stop time that was saved with '{record.Name}' has passed.",
                "Give another one (-StopAt, -StopAfter).", record.Name);
        }

        var key = record.Key();
        try
        {
            return await _services.StartAsync(request, new ServiceIdentity(key, record.Clients, keeper, vault), cancellationToken);
        }
        catch
        {
            key?.Dispose();
            throw;
        }
    }

    /// <summary>Brings back every service that ran detached when the engine went down. What fails is told by <see cref="All"/> and logged.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Name, SavedRecord? Record, Problem? Error)> all;
        try
        {
            lock (_gate)
            {
                _store.Clean();
                all = _store.ReadAll();
            }
        }
        catch (ProblemException failure)
        {
            _logger.LogError("The saved services can't be read: {Problem}", failure.Problem);
            return;
        }

        foreach (var (_, record, _) in all)
        {
            if (record?.ComesBack is not { } comesBack) continue;
            try
            {
                await ResumeAsync(record, comesBack, cancellationToken);
            }
            catch (ProblemException failure)
            {
                _logger.LogError("The saved service {Name} does not come back: {Problem}", record.Name, failure.Problem);
                lock (_gate) _failures[record.Name] = failure.Problem;
            }
        }
    }

    private async Task ResumeAsync(SavedRecord record, ComingBack comesBack, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (comesBack.StopsAt <= now)
        {
            lock (_gate) _store.Write(record with { ComesBack = null });
            return;
        }

        await RestoreAsync(
            record.Name,
            new RestoreRequest
            {
                StartAt = comesBack.StartsAt > now ? comesBack.StartsAt : null,
                StopAt = comesBack.StopsAt,
                StopAfter = comesBack.StopsAt is null ? record.Request.StopAfter : null,
                NoStopTime = comesBack.StopsAt is null && record.Request.StopAfter is null,
            },
            cancellationToken);
    }
}
