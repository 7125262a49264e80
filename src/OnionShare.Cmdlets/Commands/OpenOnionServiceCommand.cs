using System.ComponentModel;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Desktop;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// <c>Open-OnionService</c>: opens the folder a service receives into, or its page: in Tor Browser, and never in another browser if it is an onion
/// service's.
/// </summary>
[Cmdlet(VerbsCommon.Open, "OnionService", SupportsShouldProcess = true)]
public sealed class OpenOnionServiceCommand : OnionCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; without it, the only one that runs.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Open the page of a service that receives, too, not its folder.")]
    public SwitchParameter Page { get; set; }

    protected override async Task ProcessRecordAsync()
    {
        foreach (var service in await Services.SelectOneAsync(Name))
        {
            if (service is { Mode: ServiceMode.Receive, Paths: [{ } folder] } && !Page) await OpenFolderAsync(service, folder);
            else await OpenPageAsync(service);
        }
    }

    private async Task OpenFolderAsync(ServiceStatus service, string folder)
    {
        if (!Directory.Exists(folder)) WriteError(PathErrors.FolderGone(service.Name, folder));
        else if (Programs.Desktop(folder) is not { } command) WriteError(PathErrors.NoFileManager(folder));
        else if (ShouldProcess(RemoteText.Show(folder, 300), "Open in the file manager") && !await RunAsync(command)) WriteError(PathErrors.NoFileManager(folder));
    }

    private async Task OpenPageAsync(ServiceStatus service)
    {
        if (service is not { Url: { } url, Address: not null })
        {
            WriteError(Errors.NoAddress(new OnionService(service)));
            return;
        }

        // Without the password: everybody on this computer can read the arguments of a program.
        var address = "http://" + new Uri(url).Authority;
        var command = service.LocalOnly ? Programs.Desktop(address) : TorBrowser.Open(address);
        var where = service.LocalOnly ? "the browser" : "Tor Browser";
        if (command is not null && !ShouldProcess(address, $"Open in {where}")) return;
        if (command is null || !await RunAsync(command.Value))
            WriteError(service.LocalOnly ? Errors.NoBrowser(address) : Errors.NoTorBrowser(service.Name));
        else if (service.Password is not null)
            WriteHost($"The browser asks for user and password: onionshare, {service.Password}");
    }

    private async Task<bool> RunAsync((string Program, string[] Arguments) command)
    {
        try
        {
            return await Programs.RunAsync(command, StopToken);
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
