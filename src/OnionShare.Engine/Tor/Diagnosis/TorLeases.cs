namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>Sees to it that a tor which was off before a diagnosis is off after the last of those that ran at the same time.</summary>
internal sealed class TorLeases(TorHost host, TorConnector connector)
{
    private readonly Lock _lock = new();
    private int _leases;
    private int _requests;
    private bool _wasOff;

    /// <summary>Takes note of how tor stands; disposal takes it back there, unless somebody needs it by then.</summary>
    public IAsyncDisposable Take()
    {
        lock (_lock)
        {
            if (_leases++ == 0)
                (_wasOff, _requests) = (host.Status.State is TorState.Off or TorState.Failed, connector.Requests);
        }

        return new Lease(this);
    }

    private async ValueTask EndAsync()
    {
        bool letGo;
        lock (_lock)
            letGo = --_leases == 0 && _wasOff && connector.Requests == _requests;
        if (letGo)
            await connector.ReleaseUnusedAsync();
    }

    private sealed class Lease(TorLeases all) : IAsyncDisposable
    {
        private int _disposed;

        public ValueTask DisposeAsync() => Interlocked.Exchange(ref _disposed, 1) == 0 ? all.EndAsync() : ValueTask.CompletedTask;
    }
}
