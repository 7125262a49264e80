using System.Diagnostics;
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
    private static readonly TimeSpan ComingBackLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

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
            StartAt = StartMoment,
            StopAt = StopMoment,
            StopAfter = StopSpan,
            NoStopTime = NoStopTime,
        };
        if (!string.IsNullOrEmpty(Vault))
        {
            var vault = OpenVault(Vault);
            foreach (var one in await vault.SelectReadableAsync(Name))
                if (IsWanted(one.Service)) await ForOneAsync(() => one.Service.ServiceId is { } id ? TellOfAsync(id) : RestoreAsync(one, vault.Vault, how));
            return;
        }

        foreach (var saved in await SelectReadableAsync(Name))
            if (IsWanted(saved)) await ForOneAsync(() => saved.ServiceId is { } id ? TellOfAsync(id) : RestoreAsync(saved.Name, how));
    }

    private bool IsWanted(SavedService saved) => ShouldProcess($"'{RemoteText.Show(saved.Name)}'", "Start at " + (saved.Address ?? "127.0.0.1"));

    private async Task RestoreAsync(VaultedService saved, string vault, RestoreRequest how)
    {
        var request = new RestoreRecordRequest { Document = saved.Document, Vault = vault, How = how };
        await LaunchAsync(client => client.RestoreRecordAsync(request, CancellationToken.None), saved.Service.Name);
        WarnOfLimits(saved.Service.Name, Detach, saved.Service.OnionBalance);
    }

    private async Task RestoreAsync(string name, RestoreRequest how)
    {
        try
        {
            await LaunchAsync(client => client.RestoreAsync(name, how, CancellationToken.None), name);
        }
        catch (ProblemException exception) when (exception.Problem.Code == ProblemCodes.NameInUse)
        {
            if (await ComingBackAsync(name) is not { } id) throw;
            await TellOfAsync(id);
        }
    }

    // An engine that has just begun brings detached services back by itself: one of them may be on its way and not yet there.
    private async Task<string?> ComingBackAsync(string name)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < ComingBackLimit; await Task.Delay(Pause, StopToken))
        {
            var saved = (await SavedAsync()).FirstOrDefault(one => one.Name == name);
            if (saved?.ServiceId is { } id) return id;
            var services = await AskAsync(client => client.ServicesAsync(StopToken));
            if (services.Any(service => !service.State.IsEnded() && string.Equals(service.Name, name, StringComparison.OrdinalIgnoreCase)))
                return null;
        }

        return null;
    }

    private async Task TellOfAsync(string id)
    {
        var service = await AskAsync(client => client.ServiceAsync(id, StopToken));
        if (IsGiven(nameof(StartAt)) || IsGiven(nameof(StopAt)) || IsGiven(nameof(StopAfter)) || NoStopTime)
        {
            WriteError(Errors.RunsAlready(service.Name));
            return;
        }

        WriteWarning($"'{RemoteText.Show(service.Name)}' runs already{(service.Detached ? ", detached" : "")}; nothing was started.");
        WriteStarted(service);
    }
}
