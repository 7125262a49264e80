using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionTransfer</c>: downloads and uploads of services; with -Follow as they begin and end.</summary>
[Cmdlet(VerbsCommon.Get, "OnionTransfer")]
[OutputType(typeof(OnionTransfer))]
public sealed class GetOnionTransferCommand : ServiceCommand
{
    // Bars of one command must not share an id with those of another.
    private const int FirstProgressId = 1000;

    private readonly HashSet<string> _services = [];
    private readonly Dictionary<(string Service, long Id), TransferState> _given = [];

    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, all.")]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Only transfers in these states.")]
    public TransferState[] State { get; set; } = [];

    [Parameter(HelpMessage = "Go on: give each transfer when it has ended, or comes to a -State, until the services have ended.")]
    public SwitchParameter Follow { get; set; }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        var services = await SelectAsync(Name, includeEnded: true);
        // What ended earlier under the same name is not what somebody wants to follow, unless there is nothing else.
        var isAlive = Follow && services.Any(service => !service.State.IsEnded());
        foreach (var service in services)
            if (!isAlive || !service.State.IsEnded()) _services.Add(service.Id);
    }

    /// <inheritdoc/>
    protected override async Task EndProcessingAsync()
    {
        if (_services.Count == 0 || await EngineAsync() is not { } client) return;
        if (Follow) await FollowAsync(client);
        else
            foreach (var id in _services)
                foreach (var transfer in await client.TransfersAsync(id, StopToken)) Give(transfer);
    }

    private async Task FollowAsync(EngineClient client)
    {
        var ended = new HashSet<string>();
        await foreach (var change in client.FollowAsync(null, StopToken, transfers: true))
        {
            if (change is TransferChanged { Transfer: var transfer } && _services.Contains(transfer.ServiceId)) Give(transfer);
            if (change is ServiceChanged { Service: var service } && service.State.IsEnded()) ended.Add(service.Id);
            // In a snapshot the transfers of a service come after it.
            if (change.IsSnapshot && change is not SnapshotTold) continue;
            _services.ExceptWith(ended);
            if (_services.Count == 0) return;
        }
    }

    private void Give(Transfer transfer)
    {
        var key = (transfer.ServiceId, transfer.Id);
        var isKnown = _given.TryGetValue(key, out var given);
        // An event may be older than the answer that told of the end already.
        if (isKnown && given != TransferState.Active) return;
        if (Follow) ShowProgress(transfer, isKnown);
        if (isKnown && given == transfer.State) return;
        _given[key] = transfer.State;
        // Followed without a wish, each comes once, with what has become of it: that is what a script can work on.
        var isWanted = State.Length > 0 ? State.Contains(transfer.State) : !Follow || transfer.IsEnded;
        if (isWanted) WriteObject(new OnionTransfer(transfer));
    }

    private void ShowProgress(Transfer transfer, bool isKnown)
    {
        // What was over before it was heard of has no bar to take away.
        if (transfer.IsEnded && !isKnown) return;
        var shown = new OnionTransfer(transfer);
        var id = FirstProgressId + (int)((uint)HashCode.Combine(transfer.ServiceId, transfer.Id) % 1_000_000);
        var amount = $"{OnionText.Size(shown.Bytes)} of {OnionText.Size(shown.TotalBytes)}";
        WriteProgress(new ProgressRecord(id, $"{shown.Direction} {RemoteText.Show(shown.Name, 60)}", amount)
        {
            PercentComplete = shown.Percent is { } percent ? (int)percent : -1,
            RecordType = transfer.IsEnded ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        });
    }
}
