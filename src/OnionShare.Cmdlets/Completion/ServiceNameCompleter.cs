using System.Collections;
using System.Text.Json;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the names of services that have not ended; behind <c>-Saved</c> those of saved ones.</summary>
public sealed class ServiceNameCompleter : NameCompleter
{
    private protected override async Task<IEnumerable<Proposal>> FindAsync(IDictionary parameters, CancellationToken cancellationToken)
    {
        if (parameters.Contains("Saved")) return await SavedNameCompleter.SavedAsync(cancellationToken);
        using var client = await EngineClient.FindAsync(cancellationToken);
        return client is null ? [] : await RunningAsync(client, cancellationToken);
    }

    internal static async Task<IEnumerable<Proposal>> RunningAsync(EngineClient client, CancellationToken cancellationToken) =>
        from service in await client.ServicesAsync(cancellationToken)
        where !service.State.IsEnded()
        select new Proposal(service.Name, service.Id, $"{service.Mode}, {service.State}" + (service.Address is { } address ? $", {address}" : ""));
}

/// <summary>Completes the names of saved services: as the engine tells them, and where none runs, as they are on the disk.</summary>
public sealed class SavedNameCompleter : NameCompleter
{
    private protected override Task<IEnumerable<Proposal>> FindAsync(IDictionary parameters, CancellationToken cancellationToken) => SavedAsync(cancellationToken);

    internal static async Task<IEnumerable<Proposal>> SavedAsync(CancellationToken cancellationToken)
    {
        using var client = await EngineClient.FindAsync(cancellationToken);
        return client is null ? await OnDiskAsync(cancellationToken) : await ToldAsync(client, cancellationToken);
    }

    internal static async Task<IEnumerable<Proposal>> ToldAsync(EngineClient client, CancellationToken cancellationToken) =>
        from saved in await client.Saved.ListAsync(cancellationToken)
        select new Proposal(
            saved.Name,
            null,
            saved.Error?.Detail ?? $"{saved.Mode}, {(saved.ServiceId is null ? "saved" : "running")}, {saved.Address ?? "on 127.0.0.1"}");

    /// <summary>Of the files of saved services only name and address are looked at; their secrets stay where they are.</summary>
    internal static async Task<IEnumerable<Proposal>> OnDiskAsync(CancellationToken cancellationToken)
    {
        var found = new List<Proposal>();
        var folder = StatePaths.SavedFolder();
        if (!Directory.Exists(folder)) return found;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            try
            {
                await using var stream = File.OpenRead(file);
                using var document = await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
                var saved = document.RootElement;
                if (saved.TryGetProperty("name", out var name) && name.GetString() is { } text)
                    found.Add(new Proposal(text, null, "Saved, " + (saved.TryGetProperty("address", out var address) ? address.GetString() : "on 127.0.0.1")));
            }
            catch (Exception unreadable) when (unreadable is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // What can't be read can't be proposed, and a completer has no place for an error.
            }
        }

        return found.OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>Completes the names of services that run and of saved ones, each once.</summary>
public sealed class KnownNameCompleter : NameCompleter
{
    private protected override async Task<IEnumerable<Proposal>> FindAsync(IDictionary parameters, CancellationToken cancellationToken)
    {
        using var client = await EngineClient.FindAsync(cancellationToken);
        if (client is null) return await SavedNameCompleter.OnDiskAsync(cancellationToken);
        var running = await ServiceNameCompleter.RunningAsync(client, cancellationToken);
        return running.Concat(await SavedNameCompleter.ToldAsync(client, cancellationToken)).DistinctBy(one => one.Name, StringComparer.OrdinalIgnoreCase);
    }
}
