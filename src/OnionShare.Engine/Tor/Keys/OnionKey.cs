using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OnionShare.Engine.Tor.Keys;

/// <summary>
/// The key of a version 3 onion service as tor keeps it: ed25519's expanded secret key, 64 bytes: the clamped scalar, and the prefix that
/// signing needs (RFC 8032 §5.1.5, steps 1 and 2). Disposal wipes it.
/// </summary>
public sealed class OnionKey : IDisposable
{
    /// <summary>Bytes of an expanded secret key.</summary>
    public const int Size = 64;

    private const string Type = "ED25519-V3:";
    private const int Base64Length = 88;

    private readonly byte[] _expanded;

    private OnionKey(byte[] expanded)
    {
        _expanded = expanded;
        PublicKey = new byte[32];
        EdwardsPoint.MultiplyBase(expanded.AsSpan(0, 32)).Write(PublicKey);
        Address = OnionAddress.Of(PublicKey);
    }

    /// <summary>The ed25519 public key, 32 bytes.</summary>
    public byte[] PublicKey { get; }

    /// <summary><c>56 characters.onion</c>.</summary>
    public string Address { get; }

    public static OnionKey Generate()
    {
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        var key = FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>The key of a seed of 32 bytes, which RFC 8032 calls the private key.</summary>
    public static OnionKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != 32) throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        var expanded = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        SHA512.HashData(seed, expanded);
        expanded[0] &= 248;
        expanded[31] = (byte)((expanded[31] & 63) | 64);
        return new OnionKey(expanded);
    }

    /// <summary>Takes an expanded secret key; the bytes are copied. False if there are not 64, or the scalar is not clamped.</summary>
    public static bool TryRead(ReadOnlySpan<byte> expanded, [NotNullWhen(true)] out OnionKey? key)
    {
        key = null;
        if (expanded.Length != Size || (expanded[0] & 7) != 0 || (expanded[31] & 192) != 64) return false;
        var copy = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        expanded.CopyTo(copy);
        key = new OnionKey(copy);
        return true;
    }

    /// <summary>Whether a text is the control port's form of such a key.</summary>
    public static bool IsOne(string text) =>
        text.StartsWith(Type, StringComparison.Ordinal) && text.Length == Type.Length + Base64Length
        && Base64.IsValid(text.AsSpan(Type.Length), out var length) && length == Size;

    /// <summary>Reads the control port's form, <c>ED25519-V3:</c> and base64 (control-spec, ADD_ONION); the prefix may be missing.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out OnionKey? key)
    {
        key = null;
        if (text is null) return false;
        var base64 = text.StartsWith(Type, StringComparison.Ordinal) ? text.AsSpan(Type.Length) : text;
        if (base64.Length != Base64Length) return false;
        Span<byte> expanded = stackalloc byte[66];
        try
        {
            return Convert.TryFromBase64Chars(base64, expanded, out var length) && TryRead(expanded[..length], out key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(expanded);
        }
    }

    /// <summary>The control port's form: <c>ED25519-V3:</c> and 88 characters of base64. Secret.</summary>
    public string ToControl() => Type + Convert.ToBase64String(_expanded);

    /// <summary>A copy of the 64 bytes. Secret: whoever takes it wipes it.</summary>
    public byte[] ToBytes() => [.. _expanded];

    public void Dispose() => CryptographicOperations.ZeroMemory(_expanded);
}
