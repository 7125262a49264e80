using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionService</c>: the services of this user, whichever session started them; with -Saved the saved ones.</summary>
[Cmdlet(VerbsCommon.Get, "OnionService", DefaultParameterSetName = LiveSet)]
[OutputType(typeof(OnionService), ParameterSetName = [LiveSet])]
[OutputType(typeof(OnionSavedService), ParameterSetName = [SavedSet])]
public sealed class GetOnionServiceCommand : ServiceCommand
{
    private const string LiveSet = "Live";
    private const string SavedSet = "Saved";

    /// <summary>Names (wildcards), ids, or services to see as they stand now.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Only services of these modes.</summary>
    [Parameter]
    public ServiceMode[] Mode { get; set; } = [];

    /// <summary>Only services in these states.</summary>
    [Parameter(ParameterSetName = LiveSet)]
    public ServiceState[] State { get; set; } = [];

    [Parameter(ParameterSetName = LiveSet)]
    public SwitchParameter IncludeEnded { get; set; }

    /// <summary>The saved services, whether they run or not.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SavedSet)]
    public SwitchParameter Saved { get; set; }

    /// <summary>The saved services in this vault, instead of those on the disk.</summary>
    [Parameter(ParameterSetName = SavedSet), ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => CheckVault(Vault);

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        if (Saved)
        {
            var all = Vault is null
                ? await SelectSavedAsync(Name)
                : (await OpenVault(Vault).SelectAsync(Name)).Select(one => one.Service);
            foreach (var saved in all)
                if (Mode.Length == 0 || (saved.Mode is { } mode && Mode.Contains(mode))) WriteObject(new OnionSavedService(saved));
            return;
        }

        var services = await SelectAsync(Name, IncludeEnded || State.Any(state => state.IsEnded()));
        foreach (var service in services)
        {
            if (Mode.Length > 0 && !Mode.Contains(service.Mode)) continue;
            if (State.Length > 0 && !State.Contains(service.State)) continue;
            WriteObject(new OnionService(service));
        }
    }
}
