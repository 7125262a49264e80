using System.Text;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>A key as text (RFC 9580, 6.2): gpgv takes only its bytes.</summary>
internal static class OpenPgpArmor
{
    private const string Header = "-----BEGIN PGP PUBLIC KEY BLOCK-----", Footer = "-----END PGP PUBLIC KEY BLOCK-----";

    /// <summary>The bytes of a key that may be text; what is not text, or not understood, is given back as it is.</summary>
    public static byte[] Decode(byte[] key)
    {
        var lines = Encoding.Latin1.GetString(key).Split('\n').Select(line => line.TrimEnd('\r', ' ', '\t')).ToList();
        var (start, end) = (lines.IndexOf(Header), lines.IndexOf(Footer));
        if (start < 0 || end < start)
            return key;

        // Headers end with an empty line; the checksum at the end, when there is one, begins with an equals sign. The signatures in a key vouch for it.
        var empty = lines.IndexOf("", start, end - start);
        var text = string.Concat(lines[((empty < 0 ? start : empty) + 1)..end].Where(line => !line.StartsWith('=')));
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : key;
    }
}
