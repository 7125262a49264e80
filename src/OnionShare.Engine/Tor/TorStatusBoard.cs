using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>How tor stands, told to all who want to know in the order it happened.</summary>
internal sealed class TorStatusBoard
{
    private readonly Lock _telling = new();
    private volatile TorStatus _status = new() { State = TorState.Off };

    /// <summary>Raised after every change, under the board's lock: a listener must not wait for anything.</summary>
    public event Action<TorStatus>? Changed;

    public TorStatus Status => _status;

    public void Tell(TorStatus status) => Tell(_ => status);

    public void Tell(Func<TorStatus, TorStatus> change)
    {
        // Held while telling, so that the listeners hear of changes in their order.
        lock (_telling)
        {
            var status = change(_status);
            if (_status == status)
                return;
            _status = status;
            Changed?.Invoke(status);
        }
    }
}
