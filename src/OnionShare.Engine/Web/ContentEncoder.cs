using System.IO.Compression;

namespace OnionShare.Engine.Web;

/// <summary>Puts bytes into a content coding.</summary>
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
