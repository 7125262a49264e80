using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>A tor that publishes at once and remembers what it was asked for. It can be lost, and come back.</summary>
internal sealed class FakeTor : ITor
{
    public List<OnionRequest> Published { get; } = [];

    private readonly List<FakeOnion> _onions = [];
    private bool _isLost;

    public List<(IReadOnlyList<string>? Keys, bool Cut)> ClientChanges { get; } = [];

    public TorStatus Status { get; } = new() { State = TorState.Connected };

    public event Action<TorStatus>? StatusChanged
    {
        add { }
        remove { }
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken)
    {
        lock (Published) Published.Add(request);
        var onion = new FakeOnion(this, request.PrivateKey!);
        lock (_onions) _onions.Add(onion);
        return Task.FromResult<IOnion>(onion);
    }

    /// <summary>It goes away, or comes back and has all its onions again.</summary>
    public void Lose(bool isLost)
    {
        lock (_onions)
        {
            _isLost = isLost;
            foreach (var onion in _onions) onion.Tell();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class FakeOnion : IOnion
    {
        private readonly FakeTor _tor;

        public FakeOnion(FakeTor tor, string key)
        {
            _tor = tor;
            PrivateKey = key;
            if (!OnionKey.TryParse(key, out var parsed)) throw new ArgumentException("no key", nameof(key));
            Address = parsed.Address;
        }

        public string Address { get; }

        public string PrivateKey { get; }

        public bool IsPublished => !_tor._isLost;

        public event Action<bool>? PublishedChanged;

        public void Tell() => PublishedChanged?.Invoke(IsPublished);

        public Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken)
        {
            lock (_tor.Published) _tor.ClientChanges.Add((clientKeys, cut));
            return Task.CompletedTask;
        }

        public Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            lock (_tor._onions) _tor._onions.Remove(this);
            return ValueTask.CompletedTask;
        }
    }
}
