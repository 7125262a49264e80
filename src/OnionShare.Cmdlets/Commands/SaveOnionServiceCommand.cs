using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Save-OnionService</c>: keeps settings, password and key of services, so that they can be started again at their addresses.</summary>
[Cmdlet(VerbsData.Save, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionSavedService))]
public sealed class SaveOnionServiceCommand : OnionCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Keep them in this vault of Microsoft.PowerShell.SecretManagement, and nothing of them on the disk.")]
    [ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    protected override void BeginProcessing() => Vaults.Check(Vault);

    protected override async Task ProcessRecordAsync()
    {
        var given = Vault is null ? null : Vaults.Open(Vault);
        foreach (var service in await Services.SelectAsync(Name, includeEnded: false))
        {
            // One that is in a vault stays there: saved without a word about where, its secrets must not appear on the disk.
            var vault = given?.Vault ?? service.Vault;
            var action = "Save its settings, password and key" + (vault is null ? "" : $" in the vault '{RemoteText.Show(vault)}'")
                + (vault is not null && service.Saved ? ", and forget what is saved of it on the disk" : "");
            if (!ShouldProcess($"{service.Mode} '{RemoteText.Show(service.Name)}'", action)) continue;
            await ForOneAsync(async () => WriteObject(new OnionSavedService(vault is null
                ? await Engine.Saved.SaveAsync(service.Id, StopToken)
                : await KeepAsync(given ?? Vaults.Open(vault), service))));
        }
    }

    private async Task<SavedService> KeepAsync(VaultedServices vault, ServiceStatus service)
    {
        var saved = await vault.KeepAsync(service);
        if (service.Vault is { } before && !string.Equals(before, vault.Vault, StringComparison.OrdinalIgnoreCase))
        {
            WriteWarning(
                $"What the vault '{RemoteText.Show(before)}' has of '{RemoteText.Show(service.Name)}' stays there and is not kept up to date any more; "
                    + "Remove-OnionService -Vault removes it.");
        }

        Vaults.WarnOfLimits(service.Name, service.Detached, service.OnionBalance);
        return saved;
    }
}
