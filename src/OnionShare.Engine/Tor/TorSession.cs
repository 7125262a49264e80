using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>One tor from its start to its end: its control connection and what is known of it.</summary>
internal sealed class TorSession : IAsyncDisposable
{
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private readonly TaskCompletionSource _forgotten = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _bandwidthWatchers;

    /// <summary>Takes over an authenticated connection.</summary>
    public TorSession(ControlConnection control, TorLog log, TimeProvider time)
    {
        Control = control;
        Log = log;
        Time = time;
        control.EventReceived += Descriptors.Take;
    }

    /// <summary>Its control connection.</summary>
    public ControlConnection Control { get; }

    /// <summary>What it printed.</summary>
    public TorLog Log { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>The descriptors it has uploaded.</summary>
    public DescriptorWatch Descriptors { get; } = new();

    /// <summary>The arguments ADD_ONION takes here, found out at the first onion; null before that.</summary>
    public string? OnionArguments { get; set; }

    /// <summary>The onions in its configuration; null for a tor that is somebody else's.</summary>
    public ConfiguredOnions? Configured { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>The way it was come by.</summary>
    public TorConnectionType Connection { get; init; } = TorConnectionType.Own;

    /// <summary>How it was told to reach the Tor network; null when the engine does not run it.</summary>
    public TorrcNetwork? Network { get; init; }

    /// <summary>The pluggable transports of its bridges.</summary>
    public IReadOnlyList<string> Transports => Network?.Transports ?? [];

    /// <summary>The program that runs, or the control endpoint.</summary>
    public required string Source { get; init; }

    /// <summary>Its process; null when the engine does not run it.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Its SOCKS endpoint.</summary>
    public string? Socks { get; init; }

    /// <summary>Completes when its process ends; never when the engine does not run it.</summary>
    public Task ProcessExited { get; init; } = new TaskCompletionSource().Task;

    /// <summary>Takes it down, or only leaves it when it is somebody else's.</summary>
    public required Func<ValueTask> TakeDown { get; init; }

    /// <summary>Completes when this tor is gone.</summary>
    public Task Ended => Task.WhenAny(ProcessExited, Control.Closed);

    /// <summary>Completes when nobody is handed this session any more.</summary>
    public Task Forgotten => _forgotten.Task;

    /// <summary>Why it ended.</summary>
    public string EndReason => ProcessExited.IsCompleted
        ? $"tor ended. {Log.Complaint()}".TrimEnd()
        : Control.Closed.IsCompletedSuccessfully ? Control.Closed.Result.Message : "";

    /// <summary>Says that nobody is handed this session any more.</summary>
    public void Forget() => _forgotten.TrySetResult();

    /// <summary>Asks for the events that are always needed.</summary>
    public Task SubscribeAsync(CancellationToken cancellationToken) => ChangeSubscriptionAsync(0, cancellationToken);

    /// <summary>Asks for the circuits' bandwidth as long as the result is not disposed.</summary>
    public async Task<IAsyncDisposable> WatchBandwidthAsync(CancellationToken cancellationToken)
    {
        await ChangeSubscriptionAsync(1, cancellationToken);
        return new BandwidthWatch(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => TakeDown();

    private async Task ChangeSubscriptionAsync(int watchers, CancellationToken cancellationToken)
    {
        await _subscribing.WaitAsync(cancellationToken);
        try
        {
            // SETEVENTS replaces what was asked for before. It is always let finish, so that count and tor agree.
            _bandwidthWatchers += watchers;
            await Control.SendAsync("SETEVENTS STATUS_CLIENT HS_DESC" + (_bandwidthWatchers > 0 ? " CIRC_BW" : ""), CancellationToken.None);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    private sealed class BandwidthWatch(TorSession session) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!session.Ended.IsCompleted)
                await session.ChangeSubscriptionAsync(-1, CancellationToken.None);
        }
    }
}
