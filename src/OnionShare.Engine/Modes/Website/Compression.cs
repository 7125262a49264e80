using System.Buffers;
using System.IO.Compression;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>
/// Compresses what is sent: small files in memory, larger ones on the way. A stream that is compressed on the way holds memory for as long as
/// its visitor is slow, so only gzip is used for it (a Brotli encoder takes megabytes), and only for some visitors at once.
/// </summary>
internal sealed class Compression(ServiceContext service)
{
    /// <summary>Files compressed on the way at once; the others are sent as they are.</summary>
    public const int MostAtOnce = 64;

    /// <summary>Smaller files gain nothing: they fit into one or two packets anyway.</summary>
    public const int SmallestFile = 1024;

    /// <summary>Larger files are sent as they are: they would keep a processor busy, and could not be resumed.</summary>
    public const long LargestFile = 32 * 1024 * 1024;

    private const int Block = 32 * 1024;

    private readonly SemaphoreSlim _turns = new(MostAtOnce); // never waited on with a handle, so there is nothing to dispose

    /// <summary>A turn at compressing on the way, to be given back when it is over; null when there is none, or the visitor does not take gzip.</summary>
    public IDisposable? TryTakeTurn(ContentCodings accepted) =>
        accepted.HasFlag(ContentCodings.Gzip) && _turns.Wait(0) ? new Turn(_turns) : null;

    /// <summary>Sends a file compressed with gzip, in chunks; the headers must be set. Aborts the connection where the file can't be sent whole.</summary>
    public async Task SendAsync(HttpContext http, ContainedFile file, SiteTransfer log)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted);
        var block = ArrayPool<byte>.Shared.Rent(Block);
        log.BeginUnknown(file.Stat.Length);
        try
        {
            await http.Response.StartAsync(cut.Token);
            await using var encoder = new GZipStream(http.Response.Body, CompressionLevel.Optimal, leaveOpen: true);
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

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
