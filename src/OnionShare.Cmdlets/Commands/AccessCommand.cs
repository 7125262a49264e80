using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands on client keys have in common: they work on services that run and on saved ones that do not.</summary>
public abstract class AccessCommand : OnionCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services, running or saved.")]
    [Alias("Name", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(KnownNameCompleter))]
    public string[] Service { get; set; } = [];

    [Parameter(HelpMessage = "The vault that saved services which do not run are in. Those that run say themselves where they are kept.")]
    [ArgumentCompleter(typeof(VaultNameCompleter))]
    public string? Vault { get; set; }

    /// <summary>A service whose access is to change: one that runs, one in a vault, or, when it is neither, one saved on the disk.</summary>
    private protected sealed record Target(string Name, ServiceStatus? Running = null, VaultedService? Kept = null)
    {
        public string? Id => Running?.Id;
    }

    /// <summary>The vault that was named, once it is open.</summary>
    private protected VaultedServices? Opened { get; private set; }

    protected override void BeginProcessing()
    {
        Vaults.Check(Vault);
        if (Vault is not null) Opened = Vaults.OpenNow(Vault);
    }

    /// <summary>The services meant. A plain name that fits none is an error.</summary>
    private protected async Task<IReadOnlyList<Target>> SelectAnyAsync() => Opened is { } vault ? await SelectInAsync(vault) : await SelectHereAsync();

    private protected static string Describe(string client, string service) => $"'{RemoteText.Show(client)}' on '{RemoteText.Show(service)}'";

    private async Task<IReadOnlyList<Target>> SelectInAsync(VaultedServices vault)
    {
        var kept = await vault.SelectReadableAsync(Service);
        var services = kept.Any(one => one.Service.ServiceId is not null) ? await Engine.ServicesAsync(StopToken) : [];
        return [.. kept.Select(one => new Target(one.Service.Name, services.FirstOrDefault(service => service.Id == one.Service.ServiceId), one))];
    }

    private async Task<IReadOnlyList<Target>> SelectHereAsync()
    {
        var saved = await SavedServices.AllAsync();
        var services = await EngineAsync() is { } client ? await client.ServicesAsync(StopToken) : [];
        var there = services.Where(service => !service.State.IsEnded()).Select(service => new Target(service.Name, service))
            .Concat(saved.Where(one => one.ServiceId is null).Select(one => new Target(one.Name)))
            .ToList();

        return NamePattern.Choose(Service, Named, name => WriteError(Errors.RunningOrSavedNotFound(name)));

        List<Target> Named(string given)
        {
            // The object of a service that has ended still means what is saved of it.
            var ended = services.FirstOrDefault(service => service.Id == given && service.State.IsEnded() && service.Saved);
            return there.FindAll(one => one.Id == given || NamePattern.Fits(one.Name, ended is null ? given : WildcardPattern.Escape(ended.Name)));
        }
    }
}
