using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Remove-OnionService</c>: forgets saved services. Their addresses are lost.</summary>
[Cmdlet(VerbsCommon.Remove, "OnionService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveOnionServiceCommand : OnionCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards) of saved services, or the services.")]
    [Alias("Service"), SupportsWildcards, SavedName, ArgumentCompleter(typeof(SavedNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The vault they are in."), ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    protected override void BeginProcessing() => Vaults.Check(Vault);

    protected override async Task ProcessRecordAsync()
    {
        if (!string.IsNullOrEmpty(Vault))
        {
            var vault = Vaults.Open(Vault);
            foreach (var one in await vault.SelectReadableAsync(Name))
                if (ShouldProcess(Target(one.Service), Action(one.Service))) await ForOneAsync(() => vault.RemoveAsync(one));
            return;
        }

        foreach (var saved in await SavedServices.SelectAsync(Name))
            if (ShouldProcess(Target(saved), Action(saved))) await ForOneAsync(() => Engine.Saved.ForgetAsync(saved.Name, StopToken));
    }

    private static string Target(SavedService saved) =>
        $"'{RemoteText.Show(saved.Name)}'" + (saved.Address is { } address ? $" at {address}" : "")
            + (saved.Vault is { } vault ? $" in the vault '{RemoteText.Show(vault)}'" : "");

    private static string Action(SavedService saved) => saved switch
    {
        { Address: null } => "Forget",
        { ServiceId: not null } => "Forget; when it stops, its address is lost for good",
        _ => "Forget; its address is lost for good",
    };
}
