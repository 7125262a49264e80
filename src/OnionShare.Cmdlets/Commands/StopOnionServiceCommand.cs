using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Stop-OnionService</c>: takes services down, letting transfers under way finish unless told otherwise.</summary>
[Cmdlet(VerbsLifecycle.Stop, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService))]
public sealed class StopOnionServiceCommand : OnionCommand
{
    private const int ProgressId = 2;

    private readonly Dictionary<string, ServiceStatus> _stopping = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Cut the transfers that are under way.")]
    public SwitchParameter Force { get; set; }

    [Parameter(HelpMessage = "Return at once; do not wait until the services are down.")]
    public SwitchParameter NoWait { get; set; }

    [Parameter(HelpMessage = "Give the services out.")]
    public SwitchParameter PassThru { get; set; }

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await Services.SelectAsync(Name, includeEnded: false))
        {
            var target = $"{service.Mode} '{RemoteText.Show(service.Name)}'";
            if (!ShouldProcess(target, Force ? "Stop, cutting its transfers" : "Stop")) continue;
            // Selected, so the engine is there.
            if (!service.State.IsEnded()) await (await EngineAsync())!.StopServiceAsync(service.Id, Force, StopToken);
            _stopping.TryAdd(service.Id, service);
        }
    }

    protected override async Task EndProcessingAsync()
    {
        if (_stopping.Count == 0 || await EngineAsync() is not { } client) return;
        if (NoWait)
        {
            foreach (var id in _stopping.Keys) Give(await client.ServiceAsync(id, StopToken));
            return;
        }

        ProgressRecord? progress = null;
        await foreach (var change in client.FollowAsync(null, StopToken))
        {
            if (change is not ServiceChanged { Service: var service } || !_stopping.ContainsKey(service.Id)) continue;
            if (service.State.IsEnded())
            {
                _stopping.Remove(service.Id, out var before);
                foreach (var warning in service.Warnings.Except(before!.Warnings)) WriteWarning(RemoteText.Show(warning, 1000));
                Give(service);
                if (_stopping.Count == 0) break;
            }
            else if (service.ActiveTransfers > 0)
            {
                progress ??= new ProgressRecord(ProgressId, "Stopping", "Waiting");
                progress.StatusDescription = $"'{RemoteText.Show(service.Name, 60)}' waits for {service.ActiveTransfers} transfer(s); "
                    + "Stop-OnionService -Force cuts them";
                WriteProgress(progress);
            }
        }

        if (progress is not null) Complete(progress);
    }

    private void Give(ServiceStatus service)
    {
        if (PassThru) WriteObject(LiveService.Of(service));
    }
}
