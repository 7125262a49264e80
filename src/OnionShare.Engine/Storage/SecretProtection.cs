using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace OnionShare.Engine.Storage;

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
