namespace OnionShare.Cmdlets.Vaults;

/// <summary>What can go wrong with vaults. What a vault says of it is somebody else's text and is shown as such.</summary>
internal static class VaultProblems
{
    private const int LongestReason = 300;

    public static ProblemException NoModule(string module, Exception missing) => new(
        missing.InnerException is null
            ? new Problem(
                LocalCodes.VaultModuleMissing, $"Vaults need the module {module}, which is not here.",
                $"Install-Module {module} installs it; a vault is another module, such as Microsoft.PowerShell.SecretStore.", module)
            : new Problem(
                LocalCodes.VaultModuleMissing, $"The module {module} could not be loaded: {Reason(missing.InnerException.Message)}",
                $"Import-Module {module} tells more.", module),
        missing);

    public static ProblemException ModuleRefused(string module, Exception refused) => new(
        LocalCodes.VaultRefused, $"{module} does not tell its vaults: {Reason(refused.Message)}", "See Get-SecretVault.", module, cause: refused);

    public static ProblemException NotFound(string name, IReadOnlyList<string> registered) => new(
        LocalCodes.VaultNotFound,
        $"No vault is registered as '{RemoteText.Show(name)}'"
            + (registered.Count == 0 ? "; none is." : $", only {string.Join(", ", registered.Select(one => $"'{RemoteText.Show(one, 40)}'"))}."),
        "Register-SecretVault registers one, Get-SecretVault lists them.", name);

    public static ProblemException Refused(string vault, string purpose, string reason, Exception? cause) => new(
        LocalCodes.VaultRefused, $"The vault '{RemoteText.Show(vault)}' did not {purpose}: {Reason(reason)}",
        "If it is locked, unlock it (Unlock-SecretVault) and try again; Test-SecretVault tells how it is.", vault, cause: cause);

    public static Problem NotOurs(string vault, string secret, Problem reason) => new(
        ProblemCodes.SavedUnusable,
        $"The secret '{secret}' in the vault '{RemoteText.Show(vault)}' is no saved service of this version: {RemoteText.Show(reason.Detail, LongestReason)}",
        "It is left as it is. If nobody needs it, remove it with Remove-Secret.",
        secret);

    public static ProblemException NameInUse(string vault, string service) => new(
        ProblemCodes.SavedNameInUse, $"There is a service named '{RemoteText.Show(service)}' in the vault '{RemoteText.Show(vault)}' already.",
        "Restore that one, take another name, or remove it first (Remove-OnionService -Vault): its address is lost then.", service);

    public static ProblemException Runs(string service) => new(
        ProblemCodes.NameInUse, $"'{RemoteText.Show(service)}' runs.", "Stop it first.", service);

    public static Problem Behind(string vault, string service, string change, Problem reason) => new(
        LocalCodes.VaultBehind,
        $"{change}, but the vault '{RemoteText.Show(vault)}' still has what was before: {RemoteText.Show(reason.Detail, LongestReason)}",
        "Save it again (Save-OnionService) once the vault takes it; until then the change holds only as long as the service runs.",
        service);

    private static string Reason(string message)
    {
        // Several lines are told in one.
        var shown = RemoteText.Show(string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), LongestReason);
        return shown.EndsWith('.') ? shown : shown + ".";
    }
}
