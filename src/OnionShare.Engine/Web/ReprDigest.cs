using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;

namespace OnionShare.Engine.Web;

/// <summary>The digest of a whole representation in a header (RFC 9530): <c>sha-256=:base64:</c>.</summary>
internal static class ReprDigest
{
    /// <summary>The header of an answer, or of a receipt.</summary>
    public const string Header = "Repr-Digest";

    /// <summary>The header of a request that asks for it (RFC 9530 §4).</summary>
    public const string Wanted = "Want-Repr-Digest";

    private const string Algorithm = "sha-256";

    public static string Of(ReadOnlySpan<byte> sha256) => $"{Algorithm}=:{Convert.ToBase64String(sha256)}:";

    /// <summary>The SHA-256 in a header, which may hold digests of other kinds as well; null when there is none.</summary>
    public static byte[]? Read(StringValues header)
    {
        foreach (var member in header.SelectMany(value => (value ?? "").Split(',')))
        {
            var text = member.Trim();
            var hash = new byte[SHA256.HashSizeInBytes];
            if (text.StartsWith(Algorithm + "=:", StringComparison.OrdinalIgnoreCase) && text.EndsWith(':')
                && Convert.TryFromBase64String(text[(Algorithm.Length + 2)..^1], hash, out var length) && length == hash.Length)
            {
                return hash;
            }
        }

        return null;
    }

    /// <summary>Whether a request wants none: it asks for digests, and for this one with the weight 0 or not at all.</summary>
    public static bool IsUnwanted(StringValues wanted)
    {
        if (wanted.Count == 0) return false;
        var own = wanted.SelectMany(value => (value ?? "").Split(',')).Select(member => member.Trim()).LastOrDefault(member =>
            member.StartsWith(Algorithm, StringComparison.OrdinalIgnoreCase) && (member.Length == Algorithm.Length || member[Algorithm.Length] is '=' or ' '));
        return own is null || own.EndsWith("=0", StringComparison.Ordinal);
    }
}
