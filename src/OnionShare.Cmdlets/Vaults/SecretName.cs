using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Cmdlets.Vaults;

/// <summary>
/// What a saved service is called in a vault: <c>OnionShare-READABLE-DIGEST</c>. Services are called by anything, and vaults take very different names: the
/// strictest letters, digits and hyphens only, up to 127. So the name is what is left of the service's in those, for people, and a digest of the whole of it,
/// which makes it the only one. Names that differ in case alone are one, as on the disk.
/// </summary>
internal static class SecretName
{
    public const string Prefix = "OnionShare-";

    private const int LongestReadable = 40;
    private const int DigestBytes = 8;

    public static string Of(string service)
    {
        // By way of bytes: a half of a surrogate pair can't be normalized.
        var name = ComposedText.Of(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(service))).ToUpperInvariant();
        var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)), 0, DigestBytes).ToLowerInvariant();
        var readable = Readable(name);
        return readable.Length == 0 ? Prefix + digest : $"{Prefix}{readable}-{digest}";
    }

    /// <summary>Whether a secret may be one of these, by its name.</summary>
    public static bool IsOne(string secret) =>
        secret.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && secret.Length >= Prefix.Length + (2 * DigestBytes)
        && secret[^((2 * DigestBytes) + 1)] == '-'
        && secret[^(2 * DigestBytes)..].All(char.IsAsciiHexDigit);

    private static string Readable(string name)
    {
        var readable = new StringBuilder();
        foreach (var character in name)
        {
            if (readable.Length == LongestReadable) break;
            if (char.IsAsciiLetterOrDigit(character)) readable.Append(char.ToLowerInvariant(character));
            else if (readable.Length > 0 && readable[^1] != '-') readable.Append('-');
        }

        return readable.ToString().TrimEnd('-');
    }
}
