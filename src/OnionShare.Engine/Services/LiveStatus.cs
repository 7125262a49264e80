namespace OnionShare.Engine.Services;

/// <summary>How a service stands. Every change is told to all listeners, in their order.</summary>
internal sealed class LiveStatus(ServiceStatus status, ServiceContext context, IServiceMode mode, EventHub events, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ServiceStatus _status = status;
    private IServiceMode? _mode = mode;
    private long _told;

    public ServiceStatus Current
    {
        get
        {
            lock (_lock)
            {
                return _status with
                {
                    Visits = context.Visits,
                    ActiveTransfers = context.Transfers.Active,
                    CompletedTransfers = context.Transfers.Completed,
                    Members = _mode?.Members,
                    Files = _mode?.Content?.Files ?? _status.Files,
                    Bytes = _mode?.Content?.Bytes ?? _status.Bytes,
                    Warnings = context.Warnings,
                };
            }
        }
    }

    /// <summary>How it stands, for a listener; its sequence is that of the last change, which is in it.</summary>
    public ServiceChanged Snapshot
    {
        get { lock (_lock) return new ServiceChanged { Time = time.GetUtcNow(), Service = Current, IsSnapshot = true, Sequence = _told }; }
    }

    public void Change(Func<ServiceStatus, ServiceStatus> change)
    {
        lock (_lock)
        {
            var changed = change(_status);
            if (changed == _status) return;
            _status = changed;
            Tell();
        }
    }

    /// <summary>Tells it to all listeners, changed or not.</summary>
    public void Tell()
    {
        lock (_lock)
        {
            var change = new ServiceChanged { Time = time.GetUtcNow(), Service = Current };
            events.Publish(change);
            _told = change.Sequence;
        }
    }

    /// <summary>Lets go of the mode. An ended service is remembered for a while; what it held, such as the names of all the files it shared, need not be.</summary>
    public void ReleaseMode()
    {
        lock (_lock)
        {
            _status = _status with { Files = _mode?.Content?.Files, Bytes = _mode?.Content?.Bytes };
            _mode = null;
        }
    }
}
