using System.Collections;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the names of services that have not ended.</summary>
public sealed class ServiceNameCompleter : NameCompleter
{
    private protected override async Task<IEnumerable<Proposal>> ProposeAsync(
        EngineClient client, IDictionary parameters, CancellationToken cancellationToken) =>
        from service in await client.ServicesAsync(cancellationToken)
        where !service.State.IsEnded()
        select new Proposal(service.Name, service.Id, $"{service.Mode}, {service.State}" + (service.Address is { } address ? $", {address}" : ""));
}
