using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>A tor of which only the status is asked; whoever wants it to do something is told that this must not be.</summary>
internal sealed class TorAt(TorStatus status) : ITor
{
    public TorStatus Status => status;

    public event Action<TorStatus>? StatusChanged
    {
        add { }
        remove { }
    }

    public static TorAt Socks(int port) => new(new TorStatus { State = TorState.Connected, Socks = $"127.0.0.1:{port}" });

    public static TorAt Off() => new(new TorStatus { State = TorState.Off });

    public Task ConnectAsync(CancellationToken cancellationToken) => throw new NotSupportedException("tor was to be brought up");

    public Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException("an onion was to be published");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
