using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Vaults;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands on services that a vault keeps have in common.</summary>
public abstract partial class ServiceCommand : IVaultCaller
{
    Task<T> IVaultCaller.AskAsync<T>(Func<EngineClient, Task<T>> ask) => AskAsync(ask);

    Task IVaultCaller.AskAsync(Func<EngineClient, Task> ask) => AskAsync(ask);

    /// <summary>Opens a vault by its name; the module it needs is looked for now.</summary>
    /// <exception cref="ProblemException">The module is missing, or no such vault is registered.</exception>
    private protected VaultedServices OpenVault(string name) =>
        new(SecretVault.Open(new CallersSession(WriteWarning, StopToken), name), this, StopToken);

    /// <summary>As <see cref="OpenVault"/>, before there is anything of the pipeline to work on; throws terminating errors.</summary>
    private protected VaultedServices? OpenVaultNow(string name)
    {
        try
        {
            return OpenVault(name);
        }
        catch (ProblemException exception)
        {
            ThrowTerminatingError(Errors.From(exception));
            return null;
        }
    }

    /// <summary>Warns of what keeping a service in a vault can't do for it.</summary>
    private protected void WarnOfLimits(string service, bool detached, string? front)
    {
        if (detached)
        {
            WriteWarning(
                $"'{RemoteText.Show(service)}' will not come back by itself after a restart: the engine can't open the vault. "
                    + "Restore-OnionService -Vault starts it again.");
        }

        if (front is not null)
            WriteWarning($"While '{RemoteText.Show(service)}' runs, its key is on the disk in tor's folder: tor takes that of a backend from nowhere else.");
    }

    /// <summary>Throws a terminating error when a vault was asked for by no name: what is secret must not go to the disk instead.</summary>
    private protected void CheckVault(string? vault)
    {
        if (IsGiven("Vault") && string.IsNullOrWhiteSpace(vault)) ThrowTerminatingError(Errors.EmptyVault());
    }

    /// <summary>
    /// After a change of a service: has the vault that keeps it keep the change, too. When it does not, that is an error of this service, which says what
    /// was done nevertheless.
    /// </summary>
    private protected async Task KeepUpAsync(ServiceStatus service, string change, bool stopTime = false)
    {
        if (service.Vault is not { } vault) return;
        try
        {
            await OpenVault(vault).KeepUpAsync(service, stopTime);
        }
        catch (ProblemException exception)
        {
            WriteError(Errors.From(VaultProblems.Behind(vault, service.Name, change, exception.Problem), service.Name));
        }
    }
}
