using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Saved;

/// <summary>
/// Encrypts an export under a passphrase: PBKDF2-HMAC-SHA256 (RFC 8018) makes the key, AES-256-GCM (NIST SP 800-38D) encrypts and authenticates,
/// the header included. Layout: 8 bytes of magic, version, iterations (4 bytes, big-endian), salt (16), nonce (12), ciphertext, tag (16).
/// </summary>
internal sealed class ExportEnvelope(ExportEnvelope.KeyDerivation? derive = null)
{
    public const int Iterations = 1_000_000;

    // Fewer were never written; many more would only be there to keep the reader busy.
    private const int FewestIterations = 600_000;
    private const int MostIterations = 10_000_000;
    private const byte Version = 1;
    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int SaltAt = 13;
    private const int NonceAt = SaltAt + SaltSize;
    private const int HeaderSize = NonceAt + NonceSize;

    private readonly KeyDerivation _derive = derive ?? Derive;

    /// <summary>Makes a key of 32 bytes.</summary>
    internal delegate byte[] KeyDerivation(string passphrase, ReadOnlySpan<byte> salt, int iterations);

    private static ReadOnlySpan<byte> Magic => "OSPSEXPT"u8;

    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Magic);

    public byte[] Seal(ReadOnlySpan<byte> content, string passphrase)
    {
        var file = new byte[HeaderSize + content.Length + TagSize];
        Magic.CopyTo(file);
        file[Magic.Length] = Version;
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(Magic.Length + 1), Iterations);
        RandomNumberGenerator.Fill(file.AsSpan(SaltAt, SaltSize + NonceSize));
        using var aes = Cipher(file, passphrase, Iterations);
        aes.Encrypt(
            file.AsSpan(NonceAt, NonceSize), content, file.AsSpan(HeaderSize, content.Length), file.AsSpan(HeaderSize + content.Length),
            file.AsSpan(0, HeaderSize));
        return file;
    }

    /// <exception cref="InvalidDataException">It is cut, changed, of another version, or the passphrase is wrong.</exception>
    public byte[] Open(ReadOnlySpan<byte> file, string passphrase)
    {
        if (!IsOne(file) || file.Length < HeaderSize + TagSize) throw new InvalidDataException("it is damaged");
        if (file[Magic.Length] != Version) throw new InvalidDataException($"it is of version {file[Magic.Length]}, and this engine knows {Version}");
        var iterations = BinaryPrimitives.ReadInt32BigEndian(file[(Magic.Length + 1)..]);
        if (iterations is < FewestIterations or > MostIterations) throw new InvalidDataException("it is damaged");
        var content = new byte[file.Length - HeaderSize - TagSize];
        try
        {
            using var aes = Cipher(file, passphrase, iterations);
            aes.Decrypt(file[NonceAt..HeaderSize], file[HeaderSize..^TagSize], file[^TagSize..], content, file[..HeaderSize]);
            return content;
        }
        catch (AuthenticationTagMismatchException changed)
        {
            throw new InvalidDataException("the passphrase is wrong, or the file was changed", changed);
        }
    }

    private AesGcm Cipher(ReadOnlySpan<byte> file, string passphrase, int iterations)
    {
        var key = _derive(passphrase, file.Slice(SaltAt, SaltSize), iterations);
        var aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }

    // The same characters may be typed as different code points: NFC makes them one (RFC 8265 §4.2).
    private static byte[] Derive(string passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        var bytes = Encoding.UTF8.GetBytes(ComposedText.Of(passphrase));
        var key = Rfc2898DeriveBytes.Pbkdf2(bytes, salt, iterations, HashAlgorithmName.SHA256, 32);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }
}
