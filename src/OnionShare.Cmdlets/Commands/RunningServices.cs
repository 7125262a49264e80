using OnionShare.Cmdlets.Engine;

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

        return NamePattern.Choose(names, Named, name => command.WriteError(Errors.ServiceNotFound(name)));

        List<ServiceStatus> Named(string name)
        {
            if (services.FirstOrDefault(service => service.Id == name) is { } known) return [known];
            var named = services.Where(service => NamePattern.Fits(service.Name, name)).ToList();
            var found = includeEnded ? named : named.FindAll(service => !service.State.IsEnded());
            return found.Count == 0 && latestEnded ? named.TakeLast(1).ToList() : found;
        }
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
