using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands on client keys have in common: they work on services that run and on saved ones that do not.</summary>
public abstract class AccessCommand : ServiceCommand
{
    /// <summary>Names (wildcards), ids, or services, running or saved.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Service { get; set; } = [];

    /// <summary>The services meant: the name, and the id of one that runs. A plain name that fits none is an error.</summary>
    private protected async Task<IReadOnlyList<(string Name, string? Id)>> SelectAnyAsync()
    {
        var saved = await SavedAsync();
        var services = await EngineAsync() is { } client ? await client.ServicesAsync(StopToken) : [];
        var there = services.Where(service => !service.State.IsEnded()).Select(service => (service.Name, Id: (string?)service.Id))
            .Concat(saved.Where(one => one.ServiceId is null).Select(one => (one.Name, Id: (string?)null)))
            .ToList();

        var chosen = new List<(string Name, string? Id)>();
        foreach (var given in Service)
        {
            // The object of a service that has ended still means what is saved of it.
            var ended = services.FirstOrDefault(service => service.Id == given && service.State.IsEnded() && service.Saved);
            var found = there.Where(one => one.Id == given || IsNamed(one.Name, ended is null ? given : WildcardPattern.Escape(ended.Name))).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(given)) WriteError(Errors.RunningOrSavedNotFound(given));
            chosen.AddRange(found.Except(chosen));
        }

        return chosen;
    }

    /// <summary>The key and the service, for -WhatIf and -Confirm.</summary>
    private protected static string Target(string client, string service) => $"'{RemoteText.Show(client)}' on '{RemoteText.Show(service)}'";
}
