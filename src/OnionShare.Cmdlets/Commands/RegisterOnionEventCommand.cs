using Microsoft.PowerShell.Commands;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// <c>Register-OnionEvent</c>: subscribes to what happens to services, as Register-ObjectEvent does to .NET events. Unregister-Event
/// ends it.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "OnionEvent")]
[OutputType(typeof(PSEventJob))]
public sealed class RegisterOnionEventCommand : ObjectEventRegistrationBase, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _services = [];
    private OnionEventSource? _source;

    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, all, those that come later included.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "What the events are to be about.")]
    public OnionEventType[] EventType { get; set; } = [];

    [Parameter(HelpMessage = "Tell of each event by a notification on the desktop, too; where there is none, by the terminal's bell.")]
    public SwitchParameter Notify { get; set; }

    public void Dispose() => _stop.Dispose();

    protected override void ProcessRecord() => _services.AddRange(Name.Except(_services));

    protected override void EndProcessing()
    {
        // Nothing came through the pipe: that is nothing to subscribe to, and not everything.
        if (MyInvocation.ExpectingInput && _services.Count == 0) return;
        foreach (var name in Run(UnknownAsync)) WriteWarning($"No service is named '{RemoteText.Show(name)}' so far.");

        _source = new OnionEventSource(new EventFilter(_services, EventType), Notify);
        base.EndProcessing();
        if (!_source.IsListening) return;
        Run(async () =>
        {
            await _source.Ready.WaitAsync(_stop.Token);
            return true;
        });
    }

    protected override void StopProcessing() => _stop.Cancel();

    protected override object GetSourceObject() => _source!;

    protected override string GetSourceObjectEventName() => nameof(OnionEventSource.Occurred);

    // An engine that must not be talked to is told now, not in the background.
    private async Task<IReadOnlyList<string>> UnknownAsync()
    {
        using var client = await EngineClient.FindAsync(_stop.Token);
        var services = client is null ? [] : await client.ServicesAsync(_stop.Token);
        return
        [
            .. _services.Where(name => !WildcardPattern.ContainsWildcardCharacters(name)
                && !services.Any(service => new EventFilter([name], []).Wants(service.Id, service.Name))),
        ];
    }

    private T Run<T>(Func<Task<T>> body)
    {
        try
        {
            T result = default!;
            PipelinePump.Run(async () => result = await body());
            return result;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            var own = Events.Subscribers.FirstOrDefault(subscriber => _source is not null && ReferenceEquals(subscriber.SourceObject, _source));
            if (own is not null) Events.UnsubscribeEvent(own);
            throw new PipelineStoppedException();
        }
        catch (ProblemException exception)
        {
            ThrowTerminatingError(Errors.From(exception));
            throw;
        }
    }
}
