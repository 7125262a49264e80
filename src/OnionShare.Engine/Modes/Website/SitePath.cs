using System.Buffers;
using System.Text;

namespace OnionShare.Engine.Modes.Website;

/// <summary>Reads the path out of a request target (RFC 9112 §3.2) as it came, so that it is decoded exactly once.</summary>
internal static class SitePath
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>
    /// The decoded path without the slash it begins with. False for what names nothing on a site: bytes that are not UTF-8 (overlong forms
    /// included), a broken escape, and an escaped slash or NUL, which could mean one thing here and another below. Dot segments are
    /// kept, for <see cref="Files.RelativePath"/> to refuse.
    /// </summary>
    public static bool TryRead(string target, out ReadOnlySpan<char> path)
    {
        path = target;
        if (!path.StartsWith('/') && !TrySkipAuthority(ref path)) return false;
        path = path[1..];
        var query = path.IndexOf('?');
        if (query >= 0) path = path[..query];
        if (!Ascii.IsValid(path)) return false;
        return !path.Contains('%') || TryDecode(ref path);
    }

    /// <summary>The absolute form, which proxies send: <c>http://host/path</c>.</summary>
    private static bool TrySkipAuthority(ref ReadOnlySpan<char> target)
    {
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return false;
        target = target[(scheme + 3)..];
        var slash = target.IndexOf('/');
        target = slash < 0 ? "/" : target[slash..];
        return true;
    }

    private static bool TryDecode(ref ReadOnlySpan<char> path)
    {
        var octets = ArrayPool<byte>.Shared.Rent(path.Length);
        try
        {
            var count = 0;
            for (var i = 0; i < path.Length; i++)
            {
                if (path[i] != '%')
                {
                    octets[count++] = (byte)path[i];
                    continue;
                }

                if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2])) return false;
                var octet = (byte)((Value(path[i + 1]) << 4) | Value(path[i + 2]));
                if (octet is 0 or (byte)'/') return false;
                octets[count++] = octet;
                i += 2;
            }

            path = StrictUtf8.GetString(octets, 0, count);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
        }
    }

    private static int Value(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
