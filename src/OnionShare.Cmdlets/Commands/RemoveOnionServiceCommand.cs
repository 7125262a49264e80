using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Remove-OnionService</c>: forgets saved services. Their addresses are lost.</summary>
[Cmdlet(VerbsCommon.Remove, "OnionService", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveOnionServiceCommand : ServiceCommand
{
    /// <summary>Names (wildcards) of saved services, or the services.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards, SavedName, ArgumentCompleter(typeof(SavedNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        foreach (var saved in await SelectSavedAsync(Name))
        {
            var action = saved switch
            {
                { Address: null } => "Forget",
                { ServiceId: not null } => "Forget; when it stops, its address is lost for good",
                _ => "Forget; its address is lost for good",
            };
            var target = $"'{RemoteText.Show(saved.Name)}'" + (saved.Address is { } address ? $" at {address}" : "");
            if (ShouldProcess(target, action)) await ForOneAsync(() => AskAsync(client => client.ForgetAsync(saved.Name, StopToken)));
        }
    }
}
