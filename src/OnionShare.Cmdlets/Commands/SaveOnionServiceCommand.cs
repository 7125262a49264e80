using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Save-OnionService</c>: keeps settings, password and key of services, so that they can be started again at their addresses.</summary>
[Cmdlet(VerbsData.Save, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionSavedService))]
public sealed class SaveOnionServiceCommand : ServiceCommand
{
    /// <summary>Names (wildcards), ids, or services.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await SelectAsync(Name, includeEnded: false))
        {
            if (!ShouldProcess($"{service.Mode} '{RemoteText.Show(service.Name)}'", "Save its settings, password and key")) continue;
            await ForOneAsync(async () =>
                WriteObject(new OnionSavedService(await AskAsync(client => client.SaveAsync(service.Id, StopToken)))));
        }
    }
}
