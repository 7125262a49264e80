using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionTransfer</c>: downloads and uploads of services; with -Follow as they begin and end.</summary>
[Cmdlet(VerbsCommon.Get, "OnionTransfer")]
[OutputType(typeof(OnionTransfer))]
public sealed class GetOnionTransferCommand : OnionCommand
{
    private static readonly TimeSpan EnginePause = TimeSpan.FromMilliseconds(500);

    // Bars of one command must not share an id with those of another.
    private const int FirstProgressId = 1000;

    private readonly HashSet<string> _services = [];
    private readonly List<string> _wanted = [];
    private readonly Dictionary<(string Service, long Id), TransferState> _given = [];
    private readonly Dictionary<(string Service, long Id), TransferRate> _rates = [];

    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, all.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Only transfers in these states.")]
    public TransferState[] State { get; set; } = [];

    [Parameter(HelpMessage = "Go on: give each transfer when it has ended, or comes to a -State; of named services until these have ended, else until Ctrl+C.")]
    public SwitchParameter Follow { get; set; }

    [Parameter(HelpMessage = "Also those that services with -KeepHistory kept on the disk, of engines before this one, too.")]
    public SwitchParameter History { get; set; }

    private bool FollowsAll => Follow && Name.Length == 0 && !MyInvocation.ExpectingInput;

    protected override async Task ProcessRecordAsync()
    {
        Exclude(nameof(Follow), nameof(History));
        if (FollowsAll) return;
        if (History)
        {
            _wanted.AddRange(Name);
            return;
        }

        var services = await Services.SelectAsync(Name, includeEnded: true);
        // What ended earlier under the same name is not what somebody wants to follow, unless there is nothing else.
        var isAlive = Follow && services.Any(service => !service.State.IsEnded());
        foreach (var service in services)
            if (!isAlive || !service.State.IsEnded()) _services.Add(service.Id);
    }

    protected override async Task EndProcessingAsync()
    {
        if (History)
        {
            // Nothing came through the pipe: that is no service, and not all.
            if (!MyInvocation.ExpectingInput || _wanted.Count > 0) await GiveHistoryAsync();
            return;
        }

        if (FollowsAll) await FollowAllAsync();
        if (_services.Count == 0 || await EngineAsync() is not { } client) return;
        if (Follow)
        {
            await FollowAsync(client);
            return;
        }

        foreach (var id in _services)
            foreach (var transfer in await client.TransfersAsync(id, StopToken)) Give(transfer);
    }

    private async Task GiveHistoryAsync()
    {
        var all = new Dictionary<(string, long), Transfer>();
        if (await EngineAsync() is not null || File.Exists(StatePaths.HistoryFile()))
            foreach (var transfer in await Engine.HistoryAsync(StopToken)) all[(transfer.ServiceId, transfer.Id)] = transfer;
        if (await EngineAsync() is { } engine)
        {
            foreach (var service in await engine.ServicesAsync(StopToken))
                foreach (var transfer in await engine.TransfersAsync(service.Id, StopToken)) all[(transfer.ServiceId, transfer.Id)] = transfer;
        }

        bool IsWanted(Transfer transfer, string name) => transfer.ServiceId == name || NamePattern.Fits(transfer.ServiceName, name);
        foreach (var name in _wanted.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !all.Values.Any(one => IsWanted(one, name)))) WriteError(Errors.NoHistory(name));
        foreach (var transfer in all.Values.Where(one => _wanted.Count == 0 || _wanted.Exists(name => IsWanted(one, name))).OrderBy(one => one.StartedAt)) Give(transfer);
    }

    // All services, whichever engine runs, those that start later too; until Ctrl+C.
    private async Task FollowAllAsync()
    {
        while (true)
        {
            using (var client = await EngineClient.FindAsync(StopToken))
            {
                var isNews = false;
                var alive = new HashSet<string>();
                await foreach (var change in client?.EventsAsync(StopToken, transfers: true) ?? AsyncEnumerable.Empty<EngineEvent>())
                {
                    if (change is ServiceChanged { Service: var service } && !service.State.IsEnded()) alive.Add(service.Id);
                    if (change is TransferChanged { Transfer: var transfer } && (isNews || alive.Contains(transfer.ServiceId))) Give(transfer);
                    isNews |= change is SnapshotTold;
                }
            }

            await Task.Delay(EnginePause, StopToken);
        }
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
        if (Follow) ShowProgress(key, transfer, isKnown);
        if (isKnown && given == transfer.State) return;
        _given[key] = transfer.State;
        // Followed without a wish, each comes once, with what has become of it: that is what a script can work on.
        var isWanted = State.Length > 0 ? State.Contains(transfer.State) : !Follow || transfer.IsEnded;
        if (isWanted) WriteObject(new OnionTransfer(transfer));
    }

    private void ShowProgress((string Service, long Id) key, Transfer transfer, bool isKnown)
    {
        // What was over before it was heard of has no bar to take away.
        if (transfer.IsEnded && !isKnown) return;
        var shown = new OnionTransfer(transfer);
        var id = FirstProgressId + (int)((uint)HashCode.Combine(transfer.ServiceId, transfer.Id) % 1_000_000);
        if (!_rates.TryGetValue(key, out var rate)) _rates[key] = rate = new TransferRate(TimeProvider.System);
        rate.Note(transfer.Bytes);
        if (transfer.IsEnded) _rates.Remove(key);
        var amount = $"{OnionText.Size(shown.Bytes)} of {OnionText.Size(shown.TotalBytes)}, {EventWords.Progress(transfer, rate)}";
        WriteProgress(new ProgressRecord(id, $"{shown.Direction} {RemoteText.Show(shown.Name, 60)}", amount)
        {
            PercentComplete = shown.Percent is { } percent ? (int)percent : -1,
            RecordType = transfer.IsEnded ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        });
    }
}
