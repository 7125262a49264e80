using System.Collections.Concurrent;
using System.Net;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>One tor from its start to its end: its control connection and what is known of it.</summary>
internal sealed class TorSession : IAsyncDisposable
{
    private readonly TaskCompletionSource<string> _givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, DescriptorUploads> _uploads = new(StringComparer.Ordinal);
    private volatile TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _tellsBeginnings;
    private Task? _ended;

    public TorSession(ControlConnection control, TorLog log, TimeProvider time)
    {
        Control = control;
        Log = log;
        Time = time;
        control.EventReceived += Take;
    }

    public ControlConnection Control { get; }
    public TorLog Log { get; }
    public TimeProvider Time { get; }

    /// <summary>The arguments ADD_ONION takes here, found out at the first onion; null before that.</summary>
    public string? OnionArguments { get; set; }

    /// <summary>The onions in its configuration; null for a tor that is somebody else's.</summary>
    public ConfiguredOnions? Configured { get; init; }
    public required string Version { get; init; }
    public ControlMethod Login { get; init; } = ControlMethod.SafeCookie;
    public TorConnectionType Connection { get; init; } = TorConnectionType.Own;

    /// <summary>How it was told to reach the Tor network; null when the engine does not run it.</summary>
    public TorrcNetwork? Network { get; init; }

    public IReadOnlyList<string> Transports => Network?.Transports ?? [];

    public required string Source { get; init; }
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>The address at which it reaches the services; null for the one they listen on.</summary>
    public IPAddress? OnionTarget { get; init; }

    /// <summary>Its process; null when the engine does not run it.</summary>
    public int? ProcessId { get; init; }
    public string? Socks { get; init; }

    /// <summary>Completes when its process ends; never when the engine does not run it.</summary>
    public Task ProcessExited { get; init; } = new TaskCompletionSource().Task;

    public TorStatus Status => new()
    {
        State = TorState.Starting,
        Connection = Connection,
        Transports = Transports,
        Version = Version,
        Weakness = TorRelease.Weakness(Version),
        Source = Source,
        ProcessId = ProcessId,
        Socks = Socks,
    };

    /// <summary>Takes it down, or only leaves it when it is somebody else's.</summary>
    public required Func<ValueTask> TakeDown { get; init; }

    /// <summary>Completes when this tor is gone, or given up.</summary>
    public Task Ended => _ended ??= Task.WhenAny(ProcessExited, Control.Closed, _givenUp.Task);

    public string EndReason => _givenUp.Task.IsCompletedSuccessfully ? _givenUp.Task.Result
        : ProcessExited.IsCompleted ? $"tor ended. {Log.Complaint()}".TrimEnd()
        : Control.Closed.IsCompletedSuccessfully ? Control.Closed.Result.Message : "";

    /// <summary>Completes when it does not answer; a new one while it does.</summary>
    public Task Silent => _silent.Task;

    public void Answers(bool does)
    {
        if (!does)
            _silent.TrySetResult();
        else if (_silent.Task.IsCompleted)
            _silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Counts it as gone, though its process or its connection may be there still.</summary>
    public void GiveUp(string reason) => _givenUp.TrySetResult(reason);

    /// <summary>The uploads of an onion's descriptor. They are seen even before its address is known here.</summary>
    public DescriptorUploads UploadsOf(string serviceId) => _uploads.GetOrAdd(serviceId, _ => new DescriptorUploads());

    /// <summary>What was uploaded of it so far, or is under way, does not count for a new publishing.</summary>
    public void ForgetUploads(string serviceId) => _uploads.TryRemove(serviceId, out _);

    public ValueTask DisposeAsync() => TakeDown();

    private void Take(ControlEvent happened)
    {
        if (TorEvent.Of(happened) is not TorEvent.DescriptorMoved moved) return;
        _tellsBeginnings |= moved.Action == "UPLOAD";
        // Of other people's onions it is told, too, when they are fetched; and of one's own that are gone.
        if (moved.Action == "UPLOAD" || (!_tellsBeginnings && (moved.Action == "UPLOADED" || moved.Reason == "UPLOAD_REJECTED"))) UploadsOf(moved.Address).Take(moved, _tellsBeginnings);
        else if (_uploads.TryGetValue(moved.Address, out var uploads)) uploads.Take(moved, _tellsBeginnings);
    }
}
