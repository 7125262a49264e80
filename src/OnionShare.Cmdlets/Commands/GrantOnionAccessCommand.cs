using System.Management.Automation;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Grant-OnionAccess</c>: lets visitors reach services that ask for client keys. The private key is given this once.</summary>
[Cmdlet(VerbsSecurity.Grant, "OnionAccess", SupportsShouldProcess = true)]
[OutputType(typeof(OnionAccess))]
public sealed class GrantOnionAccessCommand : AccessCommand
{
    /// <summary>Names for the keys, unique within a service.</summary>
    [Parameter(Mandatory = true, Position = 1), ValidateNotNullOrEmpty]
    public string[] Client { get; set; } = [];

    /// <summary>The public half of a key the visitor has made; without it keys are made here.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? PublicKey { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (PublicKey is not null && Client.Length > 1) ThrowTerminatingError(Errors.OneClientOnly());
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        foreach (var (name, id) in await SelectAnyAsync())
        {
            foreach (var one in Client)
            {
                if (!ShouldProcess(Target(one, name), "Grant access")) continue;
                var request = new GrantRequest { Client = one, PublicKey = PublicKey };
                await ForOneAsync(async () =>
                    WriteObject(new OnionAccess(name, await AskAsync(client => client.GrantAsync(name, id, request, StopToken)))));
            }
        }
    }
}
