using System.Buffers;
using System.IO.Compression;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>Compresses files while they are sent.</summary>
internal static class Compression
{
    /// <summary>Smaller files gain nothing: they fit into one or two packets anyway.</summary>
    public const int SmallestFile = 1024;

    /// <summary>Larger files are sent as they are: they would keep a processor busy, and could not be resumed.</summary>
    public const long LargestFile = 32 * 1024 * 1024;

    private const int Block = 32 * 1024;

    /// <summary>The name of a coding.</summary>
    public static string NameOf(ContentCodings coding) => coding == ContentCodings.Brotli ? "br" : "gzip";

    /// <summary>Compresses bytes in memory.</summary>
    public static async Task<byte[]> CompressAsync(ReadOnlyMemory<byte> bytes, ContentCodings coding, CancellationToken cancellationToken)
    {
        using var compressed = new MemoryStream();
        await using (var encoder = Encoder(compressed, coding)) await encoder.WriteAsync(bytes, cancellationToken);
        return compressed.ToArray();
    }

    /// <summary>Sends a file compressed, in chunks; the headers must be set. Aborts the connection where the file can't be sent whole.</summary>
    public static async Task SendAsync(HttpContext http, ServiceContext service, ContainedFile file, ContentCodings coding, SiteTransfer log)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted);
        var block = ArrayPool<byte>.Shared.Rent(Block);
        log.BeginUnknown(file.Stat.Length);
        try
        {
            await http.Response.StartAsync(cut.Token);
            await using var encoder = Encoder(http.Response.Body, coding);
            try
            {
                for (long offset = 0; offset < file.Stat.Length;)
                {
                    var count = await file.ReadAsync(offset, block.AsMemory(0, Block), cut.Token);
                    await encoder.WriteAsync(block.AsMemory(0, count), cut.Token);
                    offset += count;
                    log.Progress(offset);
                }
            }
            catch
            {
                http.Abort(); // before the encoder is closed, which would make the answer look complete
                throw;
            }
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            log.Cut();
            return;
        }
        catch (ContentChangedException changed)
        {
            log.Failed(changed);
            return;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        log.Completed();
    }

    private static Stream Encoder(Stream to, ContentCodings coding) => coding == ContentCodings.Brotli
        ? new BrotliStream(to, new BrotliCompressionOptions { Quality = 5 }, leaveOpen: true)
        : new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true);
}
