using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace OnionShare.Engine.Services;

/// <summary>Hands every event to every listener. A slow listener loses its oldest events and is told so; nobody else waits.</summary>
public sealed class EventHub(TimeProvider time)
{
    private const int Backlog = 1024;

    private readonly Lock _lock = new();
    private Listener[] _listeners = [];
    private long _published;

    /// <summary>Raised for every event, on the thread that publishes it, so that none is missed; who listens must not throw.</summary>
    public event Action<EngineEvent>? Published;

    /// <summary>Tells all listeners, and gives the event its <see cref="EngineEvent.Sequence"/>.</summary>
    public void Publish(EngineEvent engineEvent)
    {
        engineEvent.Sequence = Interlocked.Increment(ref _published);
        Published?.Invoke(engineEvent);
        foreach (var listener in Volatile.Read(ref _listeners)) listener.Offer(engineEvent);
    }

    /// <summary>
    /// Starts listening now, not at the first read. Dispose to stop.
    /// </summary>
    public IEventListener Listen()
    {
        var listener = new Listener(this, time);
        lock (_lock) Volatile.Write(ref _listeners, [.. _listeners, listener]);
        return listener;
    }

    private void Remove(Listener listener)
    {
        lock (_lock) Volatile.Write(ref _listeners, [.. _listeners.Where(other => other != listener)]);
    }

    private sealed class Listener : IEventListener
    {
        private readonly EventHub _hub;
        private readonly TimeProvider _time;
        private readonly Channel<EngineEvent> _channel;
        private long _lost;

        public Listener(EventHub hub, TimeProvider time)
        {
            _hub = hub;
            _time = time;
            _channel = Channel.CreateBounded<EngineEvent>(
                new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => Interlocked.Increment(ref _lost));
        }

        public void Offer(EngineEvent engineEvent) => _channel.Writer.TryWrite(engineEvent);

        public async IAsyncEnumerable<EngineEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var engineEvent in _channel.Reader.ReadAllAsync(cancellationToken))
            {
                var lost = Interlocked.Exchange(ref _lost, 0);
                if (lost > 0) yield return new EventsLost { Time = _time.GetUtcNow(), Count = lost };
                yield return engineEvent;
            }
        }

        public void Dispose()
        {
            _hub.Remove(this);
            _channel.Writer.TryComplete();
        }
    }
}

public interface IEventListener : IDisposable
{
    /// <summary>The events since <see cref="EventHub.Listen"/>, until cancelled or disposed.</summary>
    IAsyncEnumerable<EngineEvent> ReadAllAsync(CancellationToken cancellationToken);
}
