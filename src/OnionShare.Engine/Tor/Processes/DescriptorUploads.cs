using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>The uploads of an onion's descriptor to the directories since it was published (control-spec 4.1.25).</summary>
internal sealed class DescriptorUploads
{
    private readonly Lock _lock = new();
    // By directory. A filter in front of the control port may call all of them the same.
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;
    private int _refused;
    private string? _failure;

    /// <summary>Completes when the first directory has it.</summary>
    public Task First => _first.Task;

    /// <summary>Why the last upload failed; null when none did.</summary>
    public string? Failure
    {
        get { lock (_lock) return _failure; }
    }

    /// <summary>How many were begun, how many directories took it, and how many refused it.</summary>
    public (int Begun, int Taken, int Refused) Count
    {
        get { lock (_lock) return (_underWay.Values.Sum() + _taken + _refused, _taken, _refused); }
    }

    /// <summary>Takes note of what tor tells. The end of an upload that was begun before the onion was published is none of these.</summary>
    /// <param name="moved">What it tells.</param>
    /// <param name="isBeginningTold">Whether this tor tells of uploads that begin; a filter may keep that.</param>
    public void Take(TorEvent.DescriptorMoved moved, bool isBeginningTold)
    {
        // FAILED is told of fetches, too: these two reasons uploads have.
        var isEnd = moved.Action == "UPLOADED" || (moved.Action == "FAILED" && moved.Reason is "UPLOAD_REJECTED" or "UNEXPECTED");
        TaskCompletionSource changed;
        lock (_lock)
        {
            var underWay = _underWay.GetValueOrDefault(moved.Directory);
            if (moved.Action == "UPLOAD") _underWay[moved.Directory] = underWay + 1;
            else if (!isEnd || (underWay == 0 && isBeginningTold)) return;
            else if (underWay > 0) _underWay[moved.Directory] = underWay - 1;
            if (moved.Action == "UPLOADED") _taken++;
            else if (isEnd) (_refused, _failure) = (_refused + 1, moved.Reason);
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        if (moved.Action == "UPLOADED") _first.TrySetResult();
        changed.SetResult();
    }

    /// <summary>Waits until none is under way; the limit ends the wait without an error.</summary>
    public async Task SettleAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_underWay.Values.All(count => count == 0)) return;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
