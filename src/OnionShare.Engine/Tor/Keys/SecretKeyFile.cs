using System.Security.Cryptography;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>The file tor keeps a service's key in (tor(1), HiddenServiceDir): a header of 32 bytes, then the expanded key.</summary>
internal static class SecretKeyFile
{
    public const string Name = "hs_ed25519_secret_key";
    public const int HeaderSize = 32;

    private static ReadOnlySpan<byte> Header => "== ed25519v1-secret: type0 ==\0\0\0"u8;

    /// <summary>What is in it. Secret: whoever takes it wipes it.</summary>
    public static byte[] Write(OnionKey key)
    {
        var bytes = key.ToBytes();
        byte[] file = [.. Header, .. bytes];
        CryptographicOperations.ZeroMemory(bytes);
        return file;
    }

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Header);

    /// <exception cref="InvalidDataException">It is none, or damaged.</exception>
    public static OnionKey Read(ReadOnlySpan<byte> file) =>
        IsOne(file) && OnionKey.TryRead(file[HeaderSize..], out var key) ? key : throw new InvalidDataException("the key is damaged");
}
