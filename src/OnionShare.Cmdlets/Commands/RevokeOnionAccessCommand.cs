using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Revoke-OnionAccess</c>: locks visitors out of services that ask for client keys.</summary>
[Cmdlet(VerbsSecurity.Revoke, "OnionAccess", SupportsShouldProcess = true)]
public sealed class RevokeOnionAccessCommand : AccessCommand
{
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, HelpMessage = "The names of the keys.")]
    [ValidateNotNullOrEmpty, ArgumentCompleter(typeof(ClientNameCompleter))]
    public string[] Client { get; set; } = [];

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await SelectAnyAsync())
        {
            var kept = service.Kept;
            foreach (var one in Client)
            {
                if (!ShouldProcess(Describe(one, service.Name), "Revoke access, cutting all visits")) continue;
                await ForOneAsync(async () =>
                {
                    if (service.Running is null && kept is not null) kept = await RevokeInVaultAsync(kept, one);
                    else await RevokeAsync(service, one);
                });
            }
        }
    }

    private async Task RevokeAsync(Target service, string name)
    {
        await Engine.RevokeAsync(service.Name, service.Id, name, StopToken);
        if (service.Running is { } running) await Vaults.KeepUpAsync(running, $"{Describe(name, service.Name)} was locked out");
    }

    private async Task<VaultedService> RevokeInVaultAsync(VaultedService kept, string name) => Opened!.Replace(
        kept,
        await Engine.Records.RevokeAsync(
            new RevokeRecordRequest { Document = kept.Document, Vault = Opened!.Vault, Client = name }, StopToken));
}
