using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Wait-OnionService</c>: returns when services have ended, or are in a state.</summary>
[Cmdlet(VerbsLifecycle.Wait, "OnionService")]
[OutputType(typeof(OnionService))]
public sealed class WaitOnionServiceCommand : OnionCommand
{
    private readonly Dictionary<string, ServiceStatus> _waiting = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "The state to wait for; without it, that the service has ended.")]
    public ServiceState? State { get; set; }

    [Parameter(HelpMessage = "How long to wait; for ever without it."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? Timeout { get; set; }

    [Parameter(HelpMessage = "Return when the first of the services is there.")]
    public SwitchParameter Any { get; set; }

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await Services.SelectAsync(Name, includeEnded: false, latestEnded: true)) _waiting.TryAdd(service.Id, service);
    }

    protected override async Task EndProcessingAsync()
    {
        if (_waiting.Count == 0 || await EngineAsync() is not { } client) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (Timeout is { } timeout) limit.CancelAfter(timeout);
        try
        {
            await foreach (var change in client.FollowAsync(null, limit.Token))
            {
                if (change is not ServiceChanged { Service: var service } || !_waiting.ContainsKey(service.Id)) continue;
                _waiting[service.Id] = service;
                var isThere = IsThere(service);
                if (!isThere && !service.State.IsEnded()) continue;

                _waiting.Remove(service.Id);
                var result = LiveService.Of(service);
                if (isThere) WriteObject(result);
                else WriteError(Errors.EndedFirst(result, State!.Value));
                if (_waiting.Count == 0 || (Any && isThere)) return;
            }
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            foreach (var service in _waiting.Values) WriteError(Errors.WaitTimedOut(LiveService.Of(service), Timeout!.Value));
        }
    }

    private bool IsThere(ServiceStatus service) => State is { } wanted ? service.State == wanted : service.State.IsEnded();
}
