using System.Collections;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the names of client keys: those of the service that is named, else those of all.</summary>
public sealed class ClientNameCompleter : NameCompleter
{
    private protected override async Task<IEnumerable<Proposal>> FindAsync(IDictionary parameters, CancellationToken cancellationToken)
    {
        using var client = await EngineClient.FindAsync(cancellationToken);
        if (client is null) return [];
        var service = parameters["Service"] as string;
        var running = from one in await client.ServicesAsync(cancellationToken)
                      where !one.State.IsEnded()
                      select (one.Name, Id: (string?)one.Id, one.Clients);
        var saved = from one in await client.Saved.ListAsync(cancellationToken) select (one.Name, Id: one.ServiceId, one.Clients);
        return from one in running.Concat(saved)
               where service is null || one.Id == service || string.Equals(one.Name, service, StringComparison.OrdinalIgnoreCase)
               from name in one.Clients
               group one.Name by name into services
               select new Proposal(services.Key, null, $"Client key of {string.Join(", ", services.Distinct())}");
    }
}
