
namespace OnionShare.Engine.Tor.Control;

/// <summary>
/// Remembers which onions' descriptors this tor has uploaded, from the HS_DESC events (control-spec 4.1.25). An upload is seen even
/// when it comes before its address is known here.
/// </summary>
internal sealed class DescriptorWatch
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Descriptor> _descriptors = new(StringComparer.Ordinal);

    public void Take(ControlEvent happened)
    {
        // UPLOADED address auth-type directory …; FAILED … REASON=…, which is told of fetches of other people's addresses, too.
        if (happened.Type != "HS_DESC" || ControlText.Words(happened.Text) is not [var action, var address, ..])
            return;
        lock (_lock)
        {
            if (action == "UPLOADED")
                Of(address).Uploaded.TrySetResult();
            else if (action == "FAILED" && ControlText.Attribute(happened.Text, "REASON") is "UPLOAD_REJECTED" and var reason)
                Of(address).Failure = reason;
        }
    }

    /// <summary>Completes when a descriptor of the address has been uploaded.</summary>
    public Task UploadedAsync(string serviceId)
    {
        lock (_lock)
            return Of(serviceId).Uploaded.Task;
    }

    /// <summary>Why the last upload of the address failed; null when none did.</summary>
    public string? Failure(string serviceId)
    {
        lock (_lock)
            return Of(serviceId).Failure;
    }

    /// <summary>Forgets the address: what it had uploaded does not count for a new publishing.</summary>
    public void Forget(string serviceId)
    {
        lock (_lock)
            _descriptors.Remove(serviceId);
    }

    private Descriptor Of(string serviceId)
    {
        if (!_descriptors.TryGetValue(serviceId, out var descriptor))
            _descriptors.Add(serviceId, descriptor = new Descriptor());
        return descriptor;
    }

    private sealed class Descriptor
    {
        public TaskCompletionSource Uploaded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Failure { get; set; }
    }
}
