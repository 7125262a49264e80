using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Restore-OnionService</c>: starts saved services again, at the same address and with the same password.</summary>
[Cmdlet(VerbsData.Restore, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class RestoreOnionServiceCommand : LaunchCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards) of saved services, or the services.")]
    [Alias("Service"), SupportsWildcards, SavedName, ArgumentCompleter(typeof(SavedNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Run until it is stopped, whatever stop time was saved.")]
    public SwitchParameter NoStopTime { get; set; }

    [Parameter(HelpMessage = "Files with the OpenPGP public keys that an inbox encrypts to from now on, instead of those it had.")]
    [ValidateNotNullOrEmpty]
    public string[]? EncryptTo { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The vault they are in."), ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    protected override void BeginProcessing()
    {
        Vaults.Check(Vault);
        CheckTimes();
        Exclude(nameof(NoStopTime), nameof(StopAt));
        Exclude(nameof(NoStopTime), nameof(StopAfter));
    }

    protected override async Task ProcessRecordAsync()
    {
        var how = new RestoreRequest
        {
            Owner = Owner,
            StartedBy = StartedBy,
            StartAt = StartMoment,
            StopAt = StopMoment,
            StopAfter = StopSpan,
            NoStopTime = NoStopTime,
            EncryptTo = KeyFiles(EncryptTo),
        };
        if (!string.IsNullOrEmpty(Vault))
        {
            var vault = Vaults.Open(Vault);
            foreach (var one in await vault.SelectReadableAsync(Name))
                if (IsWanted(one.Service)) await ForOneAsync(() => RestoreAsync(one, vault.Vault, how));
            return;
        }

        foreach (var saved in await SavedServices.SelectReadableAsync(Name))
            if (IsWanted(saved)) await ForOneAsync(() => LaunchAsync(LaunchRequest.Of(saved.Name, how), saved.Name));
    }

    private bool IsWanted(SavedService saved) => ShouldProcess($"'{RemoteText.Show(saved.Name)}'", "Start at " + (saved.Address ?? "127.0.0.1"));

    private async Task RestoreAsync(VaultedService saved, string vault, RestoreRequest how)
    {
        var request = new RestoreRecordRequest { Document = saved.Document, Vault = vault, How = how };
        await LaunchAsync(LaunchRequest.Of(request), saved.Service.Name);
        if (saved.Service.ServiceId is null) Vaults.WarnOfLimits(saved.Service.Name, Detach, saved.Service.OnionBalance);
    }
}
