using System.Collections;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Completion;

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
