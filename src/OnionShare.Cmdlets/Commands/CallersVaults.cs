using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary>The vaults of the session a command was called from, and what a command does about those that keep its services.</summary>
internal sealed class CallersVaults(OnionCommand command)
{
    /// <summary>Opens a vault by its name; the module it needs is looked for now.</summary>
    /// <exception cref="ProblemException">The module is missing, or no such vault is registered.</exception>
    public VaultedServices Open(string name) =>
        new(SecretVault.Open(new CallersSession(command.WriteWarning, command.StopToken), name), command.Engine, command.WriteError, command.StopToken);

    /// <summary>As <see cref="Open"/>, before there is anything of the pipeline to work on; throws terminating errors.</summary>
    public VaultedServices? OpenNow(string name)
    {
        try
        {
            return Open(name);
        }
        catch (ProblemException exception)
        {
            command.ThrowTerminatingError(Errors.From(exception));
            return null;
        }
    }

    /// <summary>Warns of what keeping a service in a vault can't do for it.</summary>
    public void WarnOfLimits(string service, bool detached, string? front)
    {
        if (detached)
        {
            command.WriteWarning(
                $"'{RemoteText.Show(service)}' will not come back by itself after a restart: the engine can't open the vault. "
                    + "Restore-OnionService -Vault starts it again.");
        }

        if (front is not null)
            command.WriteWarning($"While '{RemoteText.Show(service)}' runs, its key is on the disk in tor's folder: tor takes that of a backend from nowhere else.");
    }

    /// <summary>Throws a terminating error when a vault was asked for by no name: what is secret must not go to the disk instead.</summary>
    public void Check(string? vault)
    {
        if (command.IsGiven("Vault") && string.IsNullOrWhiteSpace(vault)) command.ThrowTerminatingError(Errors.EmptyVault());
    }

    /// <summary>
    /// After a change of a service: has the vault that keeps it keep the change, too. When it does not, that is an error of this service, which says what
    /// was done nevertheless.
    /// </summary>
    public async Task KeepUpAsync(ServiceStatus service, string change, bool stopTime = false)
    {
        if (service.Vault is not { } vault) return;
        try
        {
            await Open(vault).KeepUpAsync(service, stopTime);
        }
        catch (ProblemException exception)
        {
            command.WriteError(Errors.From(VaultProblems.Behind(vault, service.Name, change, exception.Problem), service.Name));
        }
    }
}
