using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionService</c>: the services of this user, whichever session started them; with -Saved the saved ones.</summary>
[Cmdlet(VerbsCommon.Get, "OnionService", DefaultParameterSetName = LiveSet)]
[OutputType(typeof(OnionService), ParameterSetName = [LiveSet])]
[OutputType(typeof(OnionSavedService), ParameterSetName = [SavedSet])]
public sealed class GetOnionServiceCommand : OnionCommand
{
    private const string LiveSet = "Live";
    private const string SavedSet = "Saved";

    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services to see as they stand now.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Only services of these modes.")]
    public ServiceMode[] Mode { get; set; } = [];

    [Parameter(ParameterSetName = LiveSet, HelpMessage = "Only services in these states.")]
    public ServiceState[] State { get; set; } = [];

    [Parameter(ParameterSetName = LiveSet, HelpMessage = "Services that have ended, too.")]
    public SwitchParameter IncludeEnded { get; set; }

    [Parameter(ParameterSetName = LiveSet, HelpMessage = "Only services that this session started, the detached ones of them, too.")]
    public SwitchParameter Mine { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = SavedSet, HelpMessage = "The saved services, whether they run or not.")]
    public SwitchParameter Saved { get; set; }

    [Parameter(ParameterSetName = SavedSet, HelpMessage = "The saved services in this vault, instead of those on the disk.")]
    [ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    protected override void BeginProcessing() => Vaults.Check(Vault);

    protected override async Task ProcessRecordAsync()
    {
        if (Saved)
        {
            var all = Vault is null
                ? await SavedServices.SelectAsync(Name)
                : (await Vaults.Open(Vault).SelectAsync(Name)).Select(one => one.Service);
            foreach (var saved in all)
                if (Mode.Length == 0 || (saved.Mode is { } mode && Mode.Contains(mode))) WriteObject(new OnionSavedService(saved));
            return;
        }

        var services = await Services.SelectAsync(Name, IncludeEnded || State.Any(state => state.IsEnded()));
        foreach (var service in services)
        {
            if (Mine && service.StartedBy != OwnerProcess.Current()) continue;
            if (Mode.Length > 0 && !Mode.Contains(service.Mode)) continue;
            if (State.Length > 0 && !State.Contains(service.State)) continue;
            WriteObject(LiveService.Of(service));
        }
    }
}
