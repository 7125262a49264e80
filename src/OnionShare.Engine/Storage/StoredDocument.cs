using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OnionShare.Engine.Storage;

/// <summary>A document that says what it is and of which version, so that no later engine takes it for something else.</summary>
internal interface IStoredDocument
{
    string Format { get; }

    int Version { get; }
}

/// <summary>Reads documents and the secrets in them.</summary>
internal static class StoredDocument
{
    /// <param name="json">What was stored.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="format">The format it must be of.</param>
    /// <param name="version">The version it must be of.</param>
    /// <param name="otherwise">What is wrong when it is of another format.</param>
    /// <exception cref="InvalidDataException">It is something else, of a later version, or damaged; the message says which.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, string format, int version, string otherwise)
        where T : class, IStoredDocument
    {
        T document;
        try
        {
            document = JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("it is empty");
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException)
        {
            throw new InvalidDataException("it is damaged", malformed);
        }

        if (document.Format != format) throw new InvalidDataException(otherwise);
        return document.Version == version ? document : throw new InvalidDataException($"it is of version {document.Version}, and this engine knows {version}");
    }

    /// <summary>The secrets as this platform protects them; null where it can't (see <see cref="SecretProtection"/>).</summary>
    public static byte[]? Protect<T>(T secrets, JsonTypeInfo<T> type)
    {
        if (!SecretProtection.IsEncrypting) return null;
        var plain = JsonSerializer.SerializeToUtf8Bytes(secrets, type);
        try
        {
            return SecretProtection.Protect(plain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Undoes <see cref="Protect"/>.</summary>
    /// <exception cref="InvalidDataException">They can't be read here, or are damaged.</exception>
    /// <exception cref="IOException">They are another user's.</exception>
    public static T Unprotect<T>(byte[] secrets, JsonTypeInfo<T> type, string elsewhere)
        where T : class
    {
        var plain = SecretProtection.IsEncrypting ? SecretProtection.Unprotect(secrets) : throw new InvalidDataException(elsewhere);
        try
        {
            return JsonSerializer.Deserialize(plain, type) ?? throw new InvalidDataException("its secrets are missing");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException("its secrets are damaged", malformed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}

/// <summary>
/// Keeps secrets at rest from other users. On Windows the Data Protection API encrypts them under the user's logon; elsewhere the file's
/// permissions do it, and the bytes are left as they are.
/// </summary>
internal static class SecretProtection
{
    [SupportedOSPlatformGuard("windows")]
    public static bool IsEncrypting => OperatingSystem.IsWindows();

    /// <summary>Encrypts for this user on this computer.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static byte[] Protect(ReadOnlySpan<byte> secret) => Call(secret, protect: true);

    /// <summary>Undoes <see cref="Protect"/>.</summary>
    /// <exception cref="IOException">The bytes were protected by another user, on another computer, or changed.</exception>
    public static byte[] Unprotect(ReadOnlySpan<byte> secret) => Call(secret, protect: false);

    private static byte[] Call(ReadOnlySpan<byte> input, bool protect)
    {
        if (!IsEncrypting) throw new PlatformNotSupportedException("Only Windows has the Data Protection API.");
        var bytes = input.ToArray();
        try
        {
            return protect
                ? ProtectedData.Protect(bytes, null, DataProtectionScope.CurrentUser)
                : ProtectedData.Unprotect(bytes, null, DataProtectionScope.CurrentUser);
        }
        catch (CryptographicException refused)
        {
            throw new IOException($"Windows did not {(protect ? "protect" : "give back")} the secrets: {refused.Message}", refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
