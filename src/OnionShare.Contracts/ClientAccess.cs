namespace OnionShare.Contracts;

/// <summary>The body of <c>POST /v1/services/{id}/clients</c> and <c>POST /v1/saved/{name}/clients</c>: grants a visitor access.</summary>
public sealed record GrantRequest
{
    /// <summary>A name for the key, unique within the service: 1 to 50 visible characters.</summary>
    public required string Client { get; init; }

    /// <summary>
    /// The public half of a key the visitor has made: 52 characters of base32, <c>descriptor:x25519:</c> before them or not. Without it a key
    /// is made here.
    /// </summary>
    public string? PublicKey { get; init; }
}

/// <summary>A visitor's key. Its secret forms are told this once and kept nowhere; they are null when the visitor made the key.</summary>
public sealed record ClientAccess
{
    public required string Client { get; init; }

    /// <summary>The service's address, <c>56 characters.onion</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The public half: 52 characters of base32.</summary>
    public required string PublicKey { get; init; }

    /// <summary>What Tor Browser's prompt takes: 52 characters of base32. Secret.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The line of a <c>.auth_private</c> file in tor's ClientOnionAuthDir (tor(1)). Secret.</summary>
    public string? AuthPrivate { get; init; }

    /// <summary>What our own clients take, and tor's ONION_CLIENT_AUTH_ADD (control-spec 3.30): <c>x25519:</c> and base64. Secret.</summary>
    public string? ClientKey { get; init; }
}
