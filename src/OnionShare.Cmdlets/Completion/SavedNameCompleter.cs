using System.Collections;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Completion;

public sealed class SavedNameCompleter : NameCompleter
{
    private protected override async Task<IEnumerable<Proposal>> ProposeAsync(
        EngineClient client, IDictionary parameters, CancellationToken cancellationToken) =>
        from saved in await client.Saved.ListAsync(cancellationToken)
        select new Proposal(
            saved.Name,
            null,
            saved.Error?.Detail ?? $"{saved.Mode}, {(saved.ServiceId is null ? "saved" : "running")}, {saved.Address ?? "on 127.0.0.1"}");
}
