using System.Security.Cryptography;

namespace OnionShare.Engine.Storage;

/// <summary>
/// Keeps secrets at rest from other users. On Windows the Data Protection API encrypts them under the user's logon; elsewhere the file's
/// permissions do it, and the bytes are left as they are.
/// </summary>
internal static class SecretProtection
{
    public static bool IsEncrypting => OperatingSystem.IsWindows();

    /// <summary>Encrypts for this user on this computer.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static byte[] Protect(ReadOnlySpan<byte> secret) => Call(secret, ProtectedData.Protect, "protect");

    /// <summary>Undoes <see cref="Protect"/>.</summary>
    /// <exception cref="IOException">The bytes were protected by another user, on another computer, or changed.</exception>
    public static byte[] Unprotect(ReadOnlySpan<byte> secret) => Call(secret, ProtectedData.Unprotect, "give back");

    private static byte[] Call(ReadOnlySpan<byte> input, Func<byte[], byte[]?, DataProtectionScope, byte[]> api, string verb)
    {
        if (!IsEncrypting) throw new PlatformNotSupportedException("Only Windows has the Data Protection API.");
        var bytes = input.ToArray();
        try
        {
            return api(bytes, null, DataProtectionScope.CurrentUser);
        }
        catch (CryptographicException refused)
        {
            throw new IOException($"Windows did not {verb} the secrets: {refused.Message}", refused);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
