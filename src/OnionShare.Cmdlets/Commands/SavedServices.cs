using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary>The choice a command makes among the services that are saved on the disk.</summary>
internal sealed class SavedServices(OnionCommand command)
{
    /// <summary>
    /// The saved services meant by <paramref name="names"/>, which may hold wildcards; no name means all. A plain name that fits none is
    /// an error, not terminating. Starts the engine, except where nothing was ever saved.
    /// </summary>
    public async Task<IReadOnlyList<SavedService>> SelectAsync(IReadOnlyCollection<string> names)
    {
        var saved = await AllAsync();
        return names.Count == 0 ? saved : NamePattern.Choose<SavedService>(
            names,
            name => [.. saved.Where(service => service.ServiceId == name || NamePattern.Fits(service.Name, name))],
            name => command.WriteError(Errors.SavedNotFound(name)));
    }

    /// <summary>As <see cref="SelectAsync"/>; one that can't be read is an error, not terminating.</summary>
    public async Task<IReadOnlyList<SavedService>> SelectReadableAsync(IReadOnlyCollection<string> names)
    {
        var readable = new List<SavedService>();
        foreach (var saved in await SelectAsync(names))
        {
            if (saved is { Mode: null, Error: { } error }) command.WriteError(Errors.From(error, saved.Name));
            else readable.Add(saved);
        }

        return readable;
    }

    public async Task<IReadOnlyList<SavedService>> AllAsync() =>
        await command.EngineAsync() is null && !Directory.Exists(StatePaths.SavedFolder())
            ? []
            : await command.Engine.Saved.ListAsync(command.StopToken);
}
