using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Primitives;

namespace OnionShare.Engine.Web;

/// <summary>The content codings (RFC 9110 §8.4.1) this mode sends.</summary>
[Flags]
internal enum ContentCodings
{
    /// <summary>None: the bytes as they are.</summary>
    None = 0,

    /// <summary><c>gzip</c> (RFC 1952).</summary>
    Gzip = 1,

    /// <summary><c>br</c> (RFC 7932).</summary>
    Brotli = 2,
}

/// <summary>Reads Accept-Encoding (RFC 9110 §12.5.3).</summary>
internal static class AcceptEncoding
{
    private const int MaximumLength = 1024;

    /// <summary>
    /// The codings a visitor takes; a weight only tells yes from no. Costs O(length) and allocates nothing; a header of unreasonable length
    /// counts as none.
    /// </summary>
    public static ContentCodings Read(StringValues header)
    {
        var (named, accepted, any) = (ContentCodings.None, ContentCodings.None, false);
        foreach (var line in header)
        {
            if (line is not { Length: <= MaximumLength }) continue;
            foreach (var part in line.AsSpan().Split(','))
            {
                var element = line.AsSpan()[part];
                var semicolon = element.IndexOf(';');
                var name = (semicolon < 0 ? element : element[..semicolon]).Trim();
                var isWanted = semicolon < 0 || IsWanted(element[(semicolon + 1)..]);
                if (name is "*") any = isWanted;
                var coding = CodingOf(name);
                named |= coding;
                if (isWanted) accepted |= coding;
                else accepted &= ~coding;
            }
        }

        return any ? accepted | (~named & (ContentCodings.Gzip | ContentCodings.Brotli)) : accepted;
    }

    private static ContentCodings CodingOf(ReadOnlySpan<char> name) =>
        name.Equals("br", StringComparison.OrdinalIgnoreCase) ? ContentCodings.Brotli
        : name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? ContentCodings.Gzip
        : ContentCodings.None;

    private static bool IsWanted(ReadOnlySpan<char> parameter)
    {
        parameter = parameter.Trim();
        return parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight)
            && weight > 0;
    }
}

internal static class ContentEncoder
{
    public static string NameOf(ContentCodings coding) => coding == ContentCodings.Brotli ? "br" : "gzip";

    /// <summary>The coding that makes the fewest bytes, of some.</summary>
    public static ContentCodings Best(ContentCodings accepted) =>
        accepted.HasFlag(ContentCodings.Brotli) ? ContentCodings.Brotli : accepted & ContentCodings.Gzip;

    public static async Task<byte[]> CompressAsync(ReadOnlyMemory<byte> bytes, ContentCodings coding, CancellationToken cancellationToken)
    {
        using var compressed = new MemoryStream();
        Stream encoder = coding == ContentCodings.Brotli
            ? new BrotliStream(compressed, new BrotliCompressionOptions { Quality = 5 }, leaveOpen: true)
            : new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true);
        await using (encoder) await encoder.WriteAsync(bytes, cancellationToken);
        return compressed.ToArray();
    }
}
