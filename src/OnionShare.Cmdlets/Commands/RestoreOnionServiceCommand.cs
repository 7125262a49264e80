using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Vaults;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Restore-OnionService</c>: starts saved services again, at the same address and with the same password.</summary>
[Cmdlet(VerbsData.Restore, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class RestoreOnionServiceCommand : LaunchCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards) of saved services, or the services.")]
    [SupportsWildcards, SavedName, ArgumentCompleter(typeof(SavedNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Run until it is stopped, whatever stop time was saved.")]
    public SwitchParameter NoStopTime { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The vault they are in."), ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckVault(Vault);
        CheckTimes();
        Exclude(nameof(NoStopTime), nameof(StopAt));
        Exclude(nameof(NoStopTime), nameof(StopAfter));
    }

    /// <inheritdoc/>
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
        };
        if (!string.IsNullOrEmpty(Vault))
        {
            var vault = OpenVault(Vault);
            foreach (var one in await vault.SelectReadableAsync(Name))
                if (IsWanted(one.Service)) await ForOneAsync(() => RestoreAsync(one, vault.Vault, how));
            return;
        }

        foreach (var saved in await SelectReadableAsync(Name))
            if (IsWanted(saved)) await ForOneAsync(() => LaunchAsync(client => client.RestoreAsync(saved.Name, how, CancellationToken.None), saved.Name));
    }

    private bool IsWanted(SavedService saved) => ShouldProcess($"'{RemoteText.Show(saved.Name)}'", "Start at " + (saved.Address ?? "127.0.0.1"));

    private async Task RestoreAsync(VaultedService saved, string vault, RestoreRequest how)
    {
        var request = new RestoreRecordRequest { Document = saved.Document, Vault = vault, How = how };
        await LaunchAsync(client => client.RestoreRecordAsync(request, CancellationToken.None), saved.Service.Name);
        if (saved.Service.ServiceId is null) WarnOfLimits(saved.Service.Name, Detach, saved.Service.OnionBalance);
    }
}
