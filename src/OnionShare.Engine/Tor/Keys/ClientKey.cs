using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>A visitor's key for an onion service that lets in only known clients (rend-spec-v3, [CLIENT-AUTH-MGMT]): x25519, in base32.</summary>
/// <param name="PrivateKey">52 characters; what the visitor needs. Secret.</param>
/// <param name="PublicKey">52 characters; what the service needs.</param>
public sealed record ClientKey(string PrivateKey, string PublicKey)
{
    private const int Length = 52;

    public static ClientKey Generate()
    {
        Span<byte> privateKey = stackalloc byte[X25519.Size];
        RandomNumberGenerator.Fill(privateKey);
        var key = Of(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        return key;
    }

    /// <summary>The key pair of a private key in base32.</summary>
    public static bool TryParsePrivate(string? text, [NotNullWhen(true)] out ClientKey? key)
    {
        Span<byte> privateKey = stackalloc byte[X25519.Size];
        key = Base32.TryDecode((text ?? "").Trim().TrimEnd('='), privateKey) ? Of(privateKey) : null;
        CryptographicOperations.ZeroMemory(privateKey);
        return key is not null;
    }

    /// <summary>A public key in its one spelling, 52 upper-case characters; null if it is none.</summary>
    public static string? ParsePublic(string? text)
    {
        var trimmed = (text ?? "").Trim().TrimEnd('=');
        if (trimmed.StartsWith("descriptor:x25519:", StringComparison.Ordinal)) trimmed = trimmed["descriptor:x25519:".Length..];
        Span<byte> publicKey = stackalloc byte[X25519.Size];
        return trimmed.Length == Length && Base32.TryDecode(trimmed, publicKey) && publicKey.ContainsAnyExcept((byte)0)
            ? trimmed.ToUpperInvariant()
            : null;
    }

    /// <summary>Public keys in their one spelling.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: one is none.</exception>
    public static IReadOnlyList<string>? Checked(IReadOnlyList<string>? publicKeys) => publicKeys is null
        ? null
        : [.. publicKeys.Select(key => ParsePublic(key) ?? throw new ProblemException(
            ProblemCodes.InvalidRequest, $"'{RemoteText.Show(key, 80)}' is no public client key.", "It must be 52 characters of base32."))];

    /// <summary>The line of a <c>.auth_private</c> file (tor(1), ClientOnionAuthDir). Secret.</summary>
    public string ToAuthPrivate(string address) => $"{address.Replace(".onion", "", StringComparison.Ordinal)}:descriptor:x25519:{PrivateKey}";

    /// <summary>What ONION_CLIENT_AUTH_ADD takes (control-spec 3.30): <c>x25519:</c> and base64. Secret.</summary>
    public string ToControl()
    {
        Span<byte> privateKey = stackalloc byte[X25519.Size];
        if (!Base32.TryDecode(PrivateKey, privateKey)) throw new InvalidOperationException("The private key is none.");
        var text = "x25519:" + Convert.ToBase64String(privateKey);
        CryptographicOperations.ZeroMemory(privateKey);
        return text;
    }

    // The records' own text would show the secret.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("PublicKey = ").Append(PublicKey);
        return true;
    }

    private static ClientKey Of(ReadOnlySpan<byte> privateKey)
    {
        Span<byte> publicKey = stackalloc byte[X25519.Size];
        X25519.PublicKey(privateKey, publicKey);
        return new ClientKey(Base32.Encode(privateKey), Base32.Encode(publicKey));
    }
}
