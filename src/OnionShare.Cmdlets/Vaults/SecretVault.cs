namespace OnionShare.Cmdlets.Vaults;

/// <summary>
/// A vault registered with Microsoft.PowerShell.SecretManagement, reached through its cmdlets in the caller's session: whether it is unlocked, and who is asked
/// for what, is between them and the person. Every method throws <see cref="ProblemException"/> when the vault refuses.
/// </summary>
internal sealed class SecretVault
{
    private const string Module = "Microsoft.PowerShell.SecretManagement";
    private const int LongestSecureString = 65536;

    private readonly CallersSession _session;

    private SecretVault(CallersSession session, string name)
    {
        _session = session;
        Name = name;
    }

    public string Name { get; }

    /// <exception cref="ProblemException">The module is missing, or no such vault is registered.</exception>
    public static SecretVault Open(CallersSession session, string name)
    {
        var registered = Registered(session);
        var found = registered.FirstOrDefault(one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase));
        return found is null ? throw VaultProblems.NotFound(name, registered) : new SecretVault(session, found);
    }

    /// <summary>The names of the vaults that are registered. None is opened.</summary>
    /// <exception cref="ProblemException">The module is missing or broken.</exception>
    public static IReadOnlyList<string> Registered(CallersSession session)
    {
        try
        {
            return [.. session.Run(Command("Get-SecretVault")).Select(NameOf)];
        }
        catch (CommandNotFoundException missing)
        {
            throw VaultProblems.NoModule(Module, missing);
        }
        catch (CommandRefusedException refused)
        {
            throw VaultProblems.ModuleRefused(Module, refused);
        }
    }

    /// <summary>The secrets in it that are called as saved services are.</summary>
    public IReadOnlyList<string> Secrets() => [.. Names(SecretName.Prefix + "*", "tell what it holds").Where(SecretName.IsOne)];

    public bool Holds(string secret) =>
        Names(secret, "tell what it holds").Any(name => string.Equals(name, secret, StringComparison.OrdinalIgnoreCase));

    /// <summary>A secret; empty if it is no text, and null when there is none of that name.</summary>
    public string? Read(string secret)
    {
        // Asked for first: each vault has its own way of saying that a secret is not there.
        if (!Holds(secret)) return null;
        var found = Run("Get-Secret", $"give the secret '{secret}'", ("Name", secret), ("Vault", Name), ("AsPlainText", true));
        return found.Count > 0 ? found[0].BaseObject as string ?? "" : null;
    }

    /// <summary>Keeps a secret, in place of one of the same name, and reads it back.</summary>
    public void Write(string secret, string text)
    {
        var purpose = $"keep the secret '{secret}'";
        // Secure where it fits: some vaults take nothing else, and no log of parameters shows it.
        object value = text.Length <= LongestSecureString ? Secret.Secure(text) : text;
        Run("Set-Secret", purpose, ("Name", secret), ("Secret", value), ("Vault", Name), ("Confirm", false));
        // Not every vault says so when it could not.
        if (Read(secret) != text) throw VaultProblems.Refused(Name, purpose, "it gave back something else than it was given", null);
    }

    public void Remove(string secret)
    {
        var purpose = $"remove the secret '{secret}'";
        Run("Remove-Secret", purpose, ("Name", secret), ("Vault", Name), ("Confirm", false));
        if (Holds(secret)) throw VaultProblems.Refused(Name, purpose, "it is still there", null);
    }

    private static string Command(string name) => $"{Module}\\{name}";

    private static string NameOf(PSObject item) => item.Properties["Name"]?.Value?.ToString() ?? "";

    // Nothing in the names of ours is a wildcard. What the vault makes of the filter is not relied on.
    private IEnumerable<string> Names(string filter, string purpose) => Run("Get-SecretInfo", purpose, ("Name", filter), ("Vault", Name)).Select(NameOf);

    private IReadOnlyList<PSObject> Run(string command, string purpose, params (string Name, object Value)[] parameters)
    {
        try
        {
            return _session.Run(Command(command), parameters);
        }
        catch (CommandRefusedException refused)
        {
            throw VaultProblems.Refused(Name, purpose, refused.Message, refused);
        }
    }
}
