using System.Management.Automation;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// What commands on services that are there have in common: finding the engine, if one runs, and choosing among its services.
/// </summary>
public abstract class ServiceCommand : AsyncPSCmdlet, IDisposable
{
    private EngineClient? _client;
    private bool _asked;

    /// <summary>Lets go of the engine.</summary>
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

    /// <summary>
    /// The services meant by <paramref name="names"/>: names with wildcards, or ids. An id means a service that has ended, too;
    /// a name only with <paramref name="includeEnded"/>. No name means all. A plain name that fits none is an error, not terminating.
    /// </summary>
    private protected async Task<IReadOnlyList<ServiceStatus>> SelectAsync(IReadOnlyCollection<string> names, bool includeEnded)
    {
        var services = await EngineAsync() is { } client ? await client.ServicesAsync(StopToken) : [];
        if (names.Count == 0) return [.. services.Where(service => includeEnded || !service.State.IsEnded())];

        var chosen = new List<ServiceStatus>();
        foreach (var name in names)
        {
            var found = services.Where(service => service.Id == name).ToList();
            if (found.Count == 0)
                found = [.. services.Where(service => (includeEnded || !service.State.IsEnded()) && IsNamed(service, name))];
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

    // A name may itself hold [ or *: it then stands for itself, too.
    private static bool IsNamed(ServiceStatus service, string name) =>
        string.Equals(service.Name, name, StringComparison.OrdinalIgnoreCase)
        || WildcardPattern.Get(name, WildcardOptions.IgnoreCase).IsMatch(service.Name);
}
