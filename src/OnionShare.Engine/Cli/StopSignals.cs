using System.Runtime.InteropServices;

namespace OnionShare.Engine.Cli;

/// <summary>The ways a terminal, a service manager or a person ends a program: Ctrl+C, SIGTERM, a closed terminal.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private readonly CancellationTokenSource _first = new();
    private readonly Lock _lock = new();
    private Action<bool>? _stop;
    private bool? _forced;

    public StopSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Handle(signal, force: false)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Handle(signal, force: true)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Handle(signal, force: true)),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => Handle(signal, force: true)),
        ];
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken FirstSignal => _first.Token;

    /// <summary>
    /// Calls back at every signal, also for one that came before this call; the argument tells whether transfers are to be cut, which
    /// all but a first Ctrl+C ask for. Dispose to end it.
    /// </summary>
    public IDisposable OnStop(Action<bool> stop)
    {
        bool? missed;
        lock (_lock)
        {
            _stop = stop;
            missed = _forced;
        }

        if (missed is { } force) stop(force);
        return new Forgetting(this);
    }

    public void Dispose()
    {
        // The source is left to the collector: a signal may be on its way to it still.
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Handle(PosixSignalContext signal, bool force)
    {
        signal.Cancel = true;
        Action<bool>? stop;
        lock (_lock)
        {
            force |= _forced is not null;
            _forced = force;
            stop = _stop;
        }

        _first.Cancel();
        stop?.Invoke(force);
    }

    private sealed class Forgetting(StopSignals signals) : IDisposable
    {
        public void Dispose()
        {
            lock (signals._lock) signals._stop = null;
        }
    }
}
