using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>Counts to how many directories tor uploads descriptors, and how many took them (control-spec 4.1.25).</summary>
internal sealed class UploadCount : IDisposable
{
    private readonly ControlConnection _control;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Begun, int Taken, int Refused)> _counts = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = New();

    public UploadCount(ControlConnection control)
    {
        _control = control;
        control.EventReceived += Take;
    }

    /// <summary>The counts for an address (without <c>.onion</c>).</summary>
    public (int Begun, int Taken, int Refused) Of(string serviceId)
    {
        lock (_lock) return _counts.GetValueOrDefault(serviceId);
    }

    /// <summary>Waits until every upload of an address that has begun is decided; the limit ends the wait without an error.</summary>
    public async Task SettleAsync(string serviceId, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_counts.GetValueOrDefault(serviceId) is var (begun, taken, refused) && taken + refused >= begun)
                    return;
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

    public void Dispose() => _control.EventReceived -= Take;

    private void Take(ControlEvent happened)
    {
        if (TorEvent.Of(happened) is not TorEvent.DescriptorMoved(var action, var address, var reason))
            return;
        var isRefusal = action == "FAILED" && reason is "UPLOAD_REJECTED" or "UNEXPECTED";
        if (action is not ("UPLOAD" or "UPLOADED") && !isRefusal)
            return;
        TaskCompletionSource changed;
        lock (_lock)
        {
            var (begun, taken, refused) = _counts.GetValueOrDefault(address);
            _counts[address] = action switch
            {
                "UPLOAD" => (begun + 1, taken, refused),
                "UPLOADED" => (begun, taken + 1, refused),
                _ => (begun, taken, refused + 1),
            };
            (changed, _changed) = (_changed, New());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
