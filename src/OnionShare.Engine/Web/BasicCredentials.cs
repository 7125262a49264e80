using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;
using OnionShare.Engine.Passwords;

namespace OnionShare.Engine.Web;

/// <summary>The user and the password of an Authorization header of the Basic scheme (RFC 7617).</summary>
internal readonly record struct BasicCredentials(string User, string Password)
{
    /// <summary>Longer headers are malformed: no password is that long.</summary>
    private const int MaximumLength = 2048;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads the header; false when it is missing, of another scheme, or malformed. Strings come in Unicode's form NFC.</summary>
    public static bool TryRead(StringValues header, out BasicCredentials credentials)
    {
        credentials = default;
        if (header is not [{ Length: > 6 and <= MaximumLength } value]) return false;
        if (!value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return false; // RFC 9110 §11.1: in any case

        Span<byte> octets = stackalloc byte[MaximumLength];
        if (!Convert.TryFromBase64Chars(value.AsSpan(6).Trim(' '), octets, out var count)) return false;
        if (!TryDecode(octets[..count], out var text)) return false;
        var colon = text.IndexOf(':'); // RFC 7617 §2: the user has no colon
        if (colon < 0) return false;
        credentials = new BasicCredentials(text[..colon], text[(colon + 1)..]);
        return true;
    }

    private static bool TryDecode(ReadOnlySpan<byte> octets, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = PasswordText.Prepare(StrictUtf8.GetString(octets));
            return true;
        }
        catch (ArgumentException) // DecoderFallbackException is one; so is what Normalize throws for noncharacters
        {
            text = null;
            return false;
        }
    }
}
