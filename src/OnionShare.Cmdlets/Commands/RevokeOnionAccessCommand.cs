using System.Management.Automation;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Revoke-OnionAccess</c>: locks visitors out of services that ask for client keys.</summary>
[Cmdlet(VerbsSecurity.Revoke, "OnionAccess", SupportsShouldProcess = true)]
public sealed class RevokeOnionAccessCommand : AccessCommand
{
    /// <summary>The names of the keys.</summary>
    [Parameter(Mandatory = true, Position = 1), ValidateNotNullOrEmpty, ArgumentCompleter(typeof(ClientNameCompleter))]
    public string[] Client { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        foreach (var (name, id) in await SelectAnyAsync())
        {
            foreach (var one in Client)
            {
                if (!ShouldProcess(Target(one, name), "Revoke access, cutting all visits")) continue;
                await ForOneAsync(() => AskAsync(client => client.RevokeAsync(name, id, one, StopToken)));
            }
        }
    }
}
