using System.Management.Automation;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// What commands on services that are there have in common: finding the engine and choosing among its services.
/// </summary>
public abstract partial class ServiceCommand : AsyncPSCmdlet, IDisposable
{
    private EngineClient? _client;
    private bool _asked;

    public void Dispose() => _client?.Dispose();

    /// <summary>The engine that runs; null where none does. None is started.</summary>
    private protected async Task<EngineClient?> EngineAsync()
    {
        if (_asked) return _client;
        _client = await EngineClient.FindAsync(StopToken);
        _asked = true;
        if (_client is null) WriteVerbose("No engine is running, so there are no services.");
        return _client;
    }

    /// <summary>Asks the engine, starting one if none runs.</summary>
    internal Task<T> AskAsync<T>(Func<EngineClient, Task<T>> ask)
    {
        _client ??= new EngineClient(StatePaths.Socket());
        _asked = true;
        return EngineLauncher.AskAsync(_client, ask, StopToken);
    }

    /// <summary>Asks the engine, starting one if none runs.</summary>
    internal Task AskAsync(Func<EngineClient, Task> ask) => AskAsync(async client =>
    {
        await ask(client);
        return true;
    });

    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Throws a terminating error when both parameters were given.</summary>
    private protected void Exclude(string first, string second)
    {
        if (IsGiven(first) && IsGiven(second)) ThrowTerminatingError(Errors.ParametersClash(first, second));
    }

    /// <summary>Works on one of several; what is refused is an error of that one, and the others are still worked on.</summary>
    private protected async Task ForOneAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ProblemException exception)
        {
            WriteError(Errors.From(exception));
        }
    }

    /// <summary>
    /// The services meant by <paramref name="names"/>: names with wildcards, or ids. An id means a service that has ended, too;
    /// a name only with <paramref name="includeEnded"/>, or with <paramref name="latestEnded"/> the last one of the name where none runs. No name means all. A plain name that fits none is an error, not terminating.
    /// </summary>
    private protected async Task<IReadOnlyList<ServiceStatus>> SelectAsync(
        IReadOnlyCollection<string> names, bool includeEnded, bool latestEnded = false)
    {
        var services = await EngineAsync() is { } client ? await client.ServicesAsync(StopToken) : [];
        if (names.Count == 0) return [.. services.Where(service => includeEnded || !service.State.IsEnded())];

        var chosen = new List<ServiceStatus>();
        foreach (var name in names)
        {
            var found = services.Where(service => service.Id == name).ToList();
            if (found.Count == 0)
                found = [.. services.Where(service => (includeEnded || !service.State.IsEnded()) && NamePattern.Fits(service.Name, name))];
            if (found.Count == 0 && latestEnded && services.LastOrDefault(service => NamePattern.Fits(service.Name, name)) is { } latest) found = [latest];
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(Errors.ServiceNotFound(name));
            chosen.AddRange(found.Where(service => !chosen.Exists(one => one.Id == service.Id)));
        }

        return chosen;
    }

    /// <summary>As <see cref="SelectAsync"/>, but no name means the only service there is.</summary>
    private protected async Task<IReadOnlyList<ServiceStatus>> SelectOneAsync(IReadOnlyCollection<string> names)
    {
        var services = await SelectAsync(names, includeEnded: false);
        if (names.Count > 0) return services;
        if (services.Count == 0) WriteError(Errors.NoServiceRuns());
        if (services.Count <= 1) return services;
        WriteError(Errors.NameNeeded(services.Select(service => service.Name)));
        return [];
    }

    /// <summary>
    /// The saved services meant by <paramref name="names"/>, which may hold wildcards; no name means all. A plain name that fits none is
    /// an error, not terminating. Starts the engine, except where nothing was ever saved.
    /// </summary>
    private protected async Task<IReadOnlyList<SavedService>> SelectSavedAsync(IReadOnlyCollection<string> names)
    {
        var saved = await SavedAsync();
        if (names.Count == 0) return saved;

        var chosen = new List<SavedService>();
        foreach (var name in names)
        {
            var found = saved.Where(service => service.ServiceId == name || NamePattern.Fits(service.Name, name)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) WriteError(Errors.SavedNotFound(name));
            chosen.AddRange(found.Where(service => !chosen.Contains(service)));
        }

        return chosen;
    }

    /// <summary>As <see cref="SelectSavedAsync"/>; one that can't be read is an error, not terminating.</summary>
    private protected async Task<IReadOnlyList<SavedService>> SelectReadableAsync(IReadOnlyCollection<string> names)
    {
        var readable = new List<SavedService>();
        foreach (var saved in await SelectSavedAsync(names))
        {
            if (saved is { Mode: null, Error: { } error }) WriteError(Errors.From(error, saved.Name));
            else readable.Add(saved);
        }

        return readable;
    }

    private protected async Task<IReadOnlyList<SavedService>> SavedAsync() =>
        await EngineAsync() is null && !Directory.Exists(StatePaths.SavedFolder())
            ? []
            : await AskAsync(client => client.SavedAsync(StopToken));
}
