using System.ComponentModel;
using System.Runtime.InteropServices;

namespace OnionShare.Engine.Storage;

/// <summary>
/// Keeps secrets at rest from other users. On Windows the Data Protection API encrypts them under the user's logon; elsewhere the file's
/// permissions do it, and the bytes are left as they are.
/// </summary>
internal static partial class SecretProtection
{
    private const int NoUserInterface = 1; // CRYPTPROTECT_UI_FORBIDDEN

    public static bool IsEncrypting => OperatingSystem.IsWindows();

    /// <summary>Encrypts for this user on this computer.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static byte[] Protect(ReadOnlySpan<byte> secret) => Call(secret, protect: true);

    /// <summary>Undoes <see cref="Protect"/>.</summary>
    /// <exception cref="IOException">The bytes were protected by another user, on another computer, or changed.</exception>
    public static byte[] Unprotect(ReadOnlySpan<byte> secret) => Call(secret, protect: false);

    private static unsafe byte[] Call(ReadOnlySpan<byte> input, bool protect)
    {
        if (!IsEncrypting) throw new PlatformNotSupportedException("Only Windows has the Data Protection API.");
        fixed (byte* bytes = input)
        {
            var from = new Blob { Length = input.Length, Bytes = bytes };
            var done = protect
                ? CryptProtectData(&from, null, null, null, null, NoUserInterface, out var to)
                : CryptUnprotectData(&from, null, null, null, null, NoUserInterface, out to);
            if (!done) throw new IOException($"Windows did not {(protect ? "protect" : "give back")} the secrets: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
            var output = new Span<byte>(to.Bytes, to.Length);
            var result = output.ToArray();
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(output);
            _ = LocalFree((nint)to.Bytes);
            return result;
        }
    }

    [LibraryImport("crypt32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool CryptProtectData(
        Blob* input, char* description, Blob* entropy, void* reserved, void* prompt, int flags, out Blob output);

    [LibraryImport("crypt32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool CryptUnprotectData(
        Blob* input, char** description, Blob* entropy, void* reserved, void* prompt, int flags, out Blob output);

    [LibraryImport("kernel32")]
    private static partial nint LocalFree(nint memory);

    private unsafe struct Blob
    {
        public int Length;
        public byte* Bytes;
    }
}
