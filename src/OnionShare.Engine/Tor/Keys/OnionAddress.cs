namespace OnionShare.Engine.Tor.Keys;

/// <summary>Addresses of version 3 onion services (rend-spec-v3, [ONIONADDRESS]).</summary>
public static class OnionAddress
{
    public const string Suffix = ".onion";

    /// <summary>Characters of an address, <see cref="Suffix"/> not counted.</summary>
    public const int Length = 56;

    private const byte Version = 3;

    /// <summary><c>56 characters.onion</c> of an ed25519 public key of 32 bytes.</summary>
    public static string Of(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> address = stackalloc byte[35];
        publicKey.CopyTo(address);
        Checksum(publicKey).CopyTo(address[32..]);
        address[34] = Version;
        return Base32.Encode(address).ToLowerInvariant() + Suffix;
    }

    /// <summary>The address in its one spelling, with <c>.onion</c>; null when the text is no version 3 address or mistyped.</summary>
    public static string? Parse(string? text)
    {
        var label = (text ?? "").Trim();
        if (label.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)) label = label[..^Suffix.Length];
        Span<byte> address = stackalloc byte[35];
        return Base32.TryDecode(label, address) && address[34] == Version && address[32..34].SequenceEqual(Checksum(address[..32]))
            ? label.ToLowerInvariant() + Suffix
            : null;
    }

    private static ReadOnlySpan<byte> Checksum(ReadOnlySpan<byte> publicKey) =>
        Sha3.Hash256([.. ".onion checksum"u8, .. publicKey, Version]).AsSpan(0, 2);
}
