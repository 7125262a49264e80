using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor;

/// <summary>Hands out the tor that is connected, or has callers wait for the next one.</summary>
internal sealed class SessionGate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource<TorSession> _next = New();
    private TorSession? _present;

    /// <summary>The tor that is connected; completes when there is one.</summary>
    public Task<TorSession> Session
    {
        get { lock (_lock) return _next.Task; }
    }

    /// <summary>The tor that is there, whether it is connected yet or not, whether it answers or not; null when there is none.</summary>
    public TorSession? Present
    {
        get { lock (_lock) return _present; }
        set { lock (_lock) _present = value; }
    }

    public void Open(TorSession session)
    {
        lock (_lock)
        {
            if (_next.Task.IsCompleted)
                _next = New();
            _next.SetResult(session);
        }
    }

    /// <summary>There is none now: whoever asks from now on waits for the next.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_next.Task.IsCompleted)
                _next = New();
        }
    }

    /// <summary>There will be none: whoever waits is told why, and whoever asks before <see cref="Close"/>.</summary>
    public void Fail(Exception reason)
    {
        lock (_lock)
        {
            _next.TrySetException(reason);
            _ = _next.Task.Exception; // nobody may wait
        }
    }

    private static TaskCompletionSource<TorSession> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
