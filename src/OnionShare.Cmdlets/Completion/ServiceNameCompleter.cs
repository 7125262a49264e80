using System.Collections;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

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
