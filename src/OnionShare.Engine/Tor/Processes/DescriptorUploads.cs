using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>The uploads of an onion's descriptor to the directories since it was published (control-spec 4.1.25).</summary>
internal sealed class DescriptorUploads
{
    private readonly Lock _lock = new();
    // By directory. A filter in front of the control port may call all of them the same.
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _first = New();
    private TaskCompletionSource _settled = New();
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
        lock (_lock)
        {
            var underWay = _underWay.GetValueOrDefault(moved.Directory);
            if (moved.Action == "UPLOAD")
            {
                _underWay[moved.Directory] = underWay + 1;
                if (_settled.Task.IsCompleted) _settled = New();
                return;
            }

            // FAILED is told of fetches, too: these two reasons uploads have.
            var isRefusal = moved.Action == "FAILED" && moved.Reason is "UPLOAD_REJECTED" or "UNEXPECTED";
            if (moved.Action != "UPLOADED" && !isRefusal) return;
            if (underWay > 0) _underWay[moved.Directory] = underWay - 1;
            else if (isBeginningTold) return;
            if (isRefusal) (_refused, _failure) = (_refused + 1, moved.Reason);
            else if (_taken++ == 0) _first.TrySetResult();
            if (_underWay.Values.Sum() == 0) _settled.TrySetResult();
        }
    }

    /// <summary>Waits until none is under way; the limit ends the wait without an error.</summary>
    public async Task SettleAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        Task settled;
        lock (_lock) settled = _underWay.Values.Sum() == 0 ? Task.CompletedTask : _settled.Task;
        try
        {
            await settled.WaitAsync(limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // A directory that does not answer is not waited for for ever.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
