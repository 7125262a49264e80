using System.Management.Automation;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>The choice a command makes among the engine's services.</summary>
internal sealed class RunningServices(OnionCommand command)
{
    /// <summary>
    /// The services meant by <paramref name="names"/>: names with wildcards, or ids. An id means a service that has ended, too;
    /// a name only with <paramref name="includeEnded"/>, or with <paramref name="latestEnded"/> the last one of the name where none runs. No name means all. A plain name that fits none is an error, not terminating.
    /// </summary>
    public async Task<IReadOnlyList<ServiceStatus>> SelectAsync(
        IReadOnlyCollection<string> names, bool includeEnded, bool latestEnded = false)
    {
        var services = await command.EngineAsync() is { } client ? await client.ServicesAsync(command.StopToken) : [];
        if (names.Count == 0) return [.. services.Where(service => includeEnded || !service.State.IsEnded())];

        var chosen = new List<ServiceStatus>();
        foreach (var name in names)
        {
            var found = services.Where(service => service.Id == name).ToList();
            if (found.Count == 0)
                found = [.. services.Where(service => (includeEnded || !service.State.IsEnded()) && NamePattern.Fits(service.Name, name))];
            if (found.Count == 0 && latestEnded && services.LastOrDefault(service => NamePattern.Fits(service.Name, name)) is { } latest) found = [latest];
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) command.WriteError(Errors.ServiceNotFound(name));
            chosen.AddRange(found.Where(service => !chosen.Exists(one => one.Id == service.Id)));
        }

        return chosen;
    }

    /// <summary>As <see cref="SelectAsync"/>, but no name means the only service there is.</summary>
    public async Task<IReadOnlyList<ServiceStatus>> SelectOneAsync(IReadOnlyCollection<string> names)
    {
        var services = await SelectAsync(names, includeEnded: false);
        if (names.Count > 0) return services;
        if (services.Count == 0) command.WriteError(Errors.NoServiceRuns());
        if (services.Count <= 1) return services;
        command.WriteError(Errors.NameNeeded(services.Select(service => service.Name)));
        return [];
    }
}
