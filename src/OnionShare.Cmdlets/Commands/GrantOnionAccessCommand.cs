using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Grant-OnionAccess</c>: lets visitors reach services that ask for client keys. The private key is given this once.</summary>
[Cmdlet(VerbsSecurity.Grant, "OnionAccess", SupportsShouldProcess = true)]
[OutputType(typeof(OnionAccess))]
public sealed class GrantOnionAccessCommand : AccessCommand
{
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true, HelpMessage = "Names for the keys, unique within a service."), ValidateNotNullOrEmpty]
    public string[] Client { get; set; } = [];

    [Parameter(HelpMessage = "The public half of a key the visitor has made; without it keys are made here."), ValidateNotNullOrEmpty]
    public string? PublicKey { get; set; }

    protected override void BeginProcessing()
    {
        if (PublicKey is not null && Client.Length > 1) ThrowTerminatingError(Errors.OneClientOnly());
        base.BeginProcessing();
    }

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await SelectAnyAsync())
        {
            var kept = service.Kept;
            foreach (var one in Client)
            {
                if (!ShouldProcess(Describe(one, service.Name), "Grant access")) continue;
                var request = new GrantRequest { Client = one, PublicKey = PublicKey };
                await ForOneAsync(async () =>
                {
                    if (service.Running is null && kept is not null) kept = await GrantInVaultAsync(kept, request);
                    else await GrantAsync(service, request);
                });
            }
        }
    }

    private async Task GrantAsync(Target service, GrantRequest request)
    {
        var access = await Engine.GrantAsync(service.Name, service.Id, request, StopToken);
        // The key is told this once, so it is told whatever the vault says.
        WriteObject(new OnionAccess(service.Name, access));
        if (service.Running is { } running) await Vaults.KeepUpAsync(running, $"{Describe(request.Client, service.Name)} was granted access");
    }

    private async Task<VaultedService> GrantInVaultAsync(VaultedService kept, GrantRequest request)
    {
        var granted = await Engine.Records.GrantAsync(
            new GrantRecordRequest { Document = kept.Document, Vault = Opened!.Vault, Grant = request }, StopToken);
        var changed = Opened!.Replace(kept, granted.Record);
        WriteObject(new OnionAccess(kept.Service.Name, granted.Access));
        return changed;
    }
}
