using System.Runtime.CompilerServices;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>
/// The events that one listener gets: first how everything stands, then what happens; and again how everything stands after events were lost. Nothing is
/// told backwards: what was published before a service was looked at is in how it stands, and is left out.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="wanted">The service that is meant; null for all.</param>
/// <param name="transfers">Whether the transfers so far are part of how a service stands.</param>
internal sealed class EventStream(Engine engine, Service? wanted, bool transfers)
{
    private readonly Dictionary<string, long> _told = [];
    private readonly HashSet<(string Service, long Id)> _ended = [];

    /// <summary>The events, until the listener is disposed or cancelled.</summary>
    public async IAsyncEnumerable<EngineEvent> ReadAsync(IEventListener listener, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var present in Snapshot()) yield return present;
        await foreach (var happened in listener.ReadAllAsync(cancellationToken))
        {
            if (!IsNews(happened)) continue;
            yield return happened;
            if (happened is not EventsLost) continue;
            foreach (var present in Snapshot()) yield return present;
        }
    }

    private IEnumerable<EngineEvent> Snapshot()
    {
        var now = engine.Time.GetUtcNow();
        yield return new TorChanged { Time = now, Tor = engine.Tor.Status, IsSnapshot = true };
        foreach (var service in wanted is null ? engine.Services.All : [wanted])
        {
            var present = service.Snapshot;
            _told[service.Context.Id] = present.Sequence;
            yield return present;
            foreach (var transfer in transfers ? service.Context.Transfers.Snapshot() : [])
            {
                if (transfer.IsEnded) _ended.Add((transfer.ServiceId, transfer.Id));
                yield return new TransferChanged { Time = now, Transfer = transfer, IsSnapshot = true };
            }
        }

        yield return new SnapshotTold { Time = now, IsSnapshot = true };
    }

    private bool IsNews(EngineEvent happened) => happened switch
    {
        ServiceChanged { Service.Id: var id } => IsWanted(id) && happened.Sequence > _told.GetValueOrDefault(id),
        TransferChanged { Transfer: var transfer } => IsWanted(transfer.ServiceId) && !_ended.Contains((transfer.ServiceId, transfer.Id)),
        ServiceWarned { ServiceId: var id } => IsWanted(id),
        _ => true,
    };

    private bool IsWanted(string id) => wanted is null || wanted.Context.Id == id;
}
