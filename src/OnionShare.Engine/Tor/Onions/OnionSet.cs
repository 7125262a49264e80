using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>All onions that are to be published on whatever tor runs.</summary>
internal sealed class OnionSet
{
    private readonly Lock _lock = new();
    private readonly HashSet<Onion> _onions = [];

    public bool IsEmpty
    {
        get { lock (_lock) return _onions.Count == 0; }
    }

    public IReadOnlyList<Onion> All
    {
        get { lock (_lock) return [.. _onions]; }
    }

    public void Add(Onion onion)
    {
        lock (_lock)
            _onions.Add(onion);
    }

    public void Remove(Onion onion)
    {
        lock (_lock)
            _onions.Remove(onion);
    }

    /// <summary>Publishes all on a tor, each until it is published, removed, or that tor is gone.</summary>
    public Task RestoreAsync(TorSession session) => Task.WhenAll(All.Select(onion => onion.RestoreAsync(session)));

    /// <summary>Publishes all once more on the tor that has them: what it had published is worth nothing any more.</summary>
    public Task RenewAsync(TorSession session) => Task.WhenAll(All.Select(onion => onion.RenewAsync(session)));

    /// <summary>Takes note that nobody reaches them, because that tor is gone or silent.</summary>
    public void Lose(TorSession session)
    {
        foreach (var onion in All)
            onion.Lose(session);
    }

    /// <summary>Takes note that a silent tor answers again, with the onions it had.</summary>
    public void Regain(TorSession session)
    {
        foreach (var onion in All)
            onion.Regain(session);
    }
}
