namespace OnionShare;

/// <summary>
/// A visitor's key as Grant-OnionAccess gives it, this once: its secret half is kept nowhere. The secret forms are null when the visitor
/// made the key.
/// </summary>
public sealed class OnionAccess
{
    private readonly ClientAccess _access;

    internal OnionAccess(string service, ClientAccess access)
    {
        Service = service;
        _access = access;
    }

    public string Service { get; }

    public string Client => _access.Client;

    /// <summary>The service's address, <c>56 characters.onion</c>.</summary>
    public string Address => _access.Address;

    /// <summary>The public half: 52 characters of base32.</summary>
    public string PublicKey => _access.PublicKey;

    /// <summary>What Tor Browser asks for: 52 characters of base32. Secret.</summary>
    public string? PrivateKey => _access.PrivateKey;

    /// <summary>The line of a <c>.auth_private</c> file in tor's ClientOnionAuthDir. Secret.</summary>
    public string? AuthPrivate => _access.AuthPrivate;

    /// <summary>What this module's own clients take: <c>x25519:</c> and base64. Secret.</summary>
    public string? ClientKey => _access.ClientKey;

    /// <summary>The name of the key, never the key.</summary>
    public override string ToString() => Client;
}
