using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>A tor that publishes at once and remembers what it was asked for.</summary>
internal sealed class FakeTor : ITor
{
    public List<OnionRequest> Published { get; } = [];

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
        return Task.FromResult<IOnion>(new FakeOnion(this, request.PrivateKey!));
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

        public bool IsPublished => true;

        public event Action<bool>? PublishedChanged
        {
            add { }
            remove { }
        }

        public Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken)
        {
            lock (_tor.Published) _tor.ClientChanges.Add((clientKeys, cut));
            return Task.CompletedTask;
        }

        public Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
