using System.Net;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Browser.Tests;

/// <summary>
/// Stands for the Tor network: an onion address that stays the same while the service behind it stops, starts, and changes its port.
/// Visitors reach it through a <see cref="Circuit"/>, as through Tor Browser's SOCKS port.
/// </summary>
internal sealed class PretendTor : ITor
{
    private readonly string _address;
    private readonly List<Circuit> _circuits = [];
    private volatile Onion? _onion;

    /// <summary>Draws an address.</summary>
    public PretendTor()
    {
        using var key = OnionKey.Generate();
        _address = key.Address;
    }

    public event Action<TorStatus>? StatusChanged;

    public TorStatus Status { get; } = new() { State = TorState.Connected, BootstrapPercent = 100 };

    /// <summary>Another visitor's way to the service.</summary>
    public Circuit NewCircuit()
    {
        var circuit = new Circuit(() => _onion?.LocalPort);
        _circuits.Add(circuit);
        return circuit;
    }

    public Task ConnectAsync(CancellationToken cancellationToken)
    {
        StatusChanged?.Invoke(Status);
        return Task.CompletedTask;
    }

    public async Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken)
    {
        var local = await request.ListenAt(IPAddress.Loopback, cancellationToken);
        _onion = new Onion(this, request, local.Port);
        return _onion;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var circuit in _circuits) await circuit.DisposeAsync();
    }

    private sealed class Onion(PretendTor tor, OnionRequest request, int port) : IOnion
    {
        public event Action<bool>? PublishedChanged;

        public int LocalPort => port;

        public string Address => tor._address;

        public string PrivateKey => request.PrivateKey!;

        public bool IsPublished => tor._onion == this;

        public Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken) => Task.CompletedTask;

        public ValueTask DisposeAsync()
        {
            if (tor._onion == this) tor._onion = null;
            PublishedChanged?.Invoke(false);
            return ValueTask.CompletedTask;
        }
    }
}
