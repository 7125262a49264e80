using System.Security.Cryptography;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>Answers GET and HEAD with one file of a site, in the coding that suits the visitor best.</summary>
internal sealed class SiteResponse(Site site, HeldFiles held, ServiceContext service, SiteHashing hashing, bool includeVisits)
{
    // Precompressed files lie beside the original under its name and these. The first that the visitor takes is sent.
    private static readonly (ContentCodings Coding, string Extension)[] Siblings = [(ContentCodings.Brotli, ".br"), (ContentCodings.Gzip, ".gz")];

    // includeVisits: each answer is a transfer, however small.
    private readonly Compression _compression = new(service);

    public Task SendAsync(HttpContext http, string name, HeldFile file)
    {
        service.CountVisit();
        if (includeVisits) return SendToldAsync(http, name, file, file.ContentEncoding, file.Varies);
        var (headers, response) = (http.Request.Headers, http.Response);
        if (!HttpMethods.IsGet(http.Request.Method) || IsConditional(headers) || file.Bytes.Length > ContentBody.SmallestBlock)
            return SendContentAsync(http, file, file.ContentEncoding, file.Varies);

        response.ContentType = file.ContentType;
        response.ContentLength = file.Bytes.Length;
        var to = response.Headers;
        to.ETag = file.EntityTag;
        if (file.ContentEncoding is null) to.LastModified = file.LastModifiedText;
        to.AcceptRanges = "bytes";
        to.CacheControl = "private, no-cache";
        if (file.Varies) to.Vary = "Accept-Encoding";
        if (file.ContentEncoding is not null) to.ContentEncoding = file.ContentEncoding;
        return file.Bytes.Length == 0 ? Task.CompletedTask : response.Body.WriteAsync(file.Bytes, 0, file.Bytes.Length, http.RequestAborted);
    }

    /// <param name="http">Where to.</param>
    /// <param name="name">The decoded path it was asked for by.</param>
    /// <param name="path">Where it is.</param>
    /// <param name="original">The file; the caller closes it.</param>
    /// <exception cref="ContentChangedException">It is changing right now; nothing was sent.</exception>
    public async Task SendAsync(HttpContext http, string name, string path, ContainedFile original)
    {
        var accepted = AcceptEncoding.Read(http.Request.Headers.AcceptEncoding);
        var isWhole = http.Request.Headers.Range.Count == 0;
        var contentType = MediaTypes.OfPage(path);
        var sources = new List<SeenOnDisk> { new(path, FileFault.None, original.Stat) };
        using var sibling = OpenSibling(path, original, accepted, sources, out var coding);
        var file = sibling ?? original;

        // Compressing on the way never goes with a range: its bytes have no places of their own.
        var mayCompress = original.Stat.Length is >= Compression.SmallestFile and <= Compression.LargestFile && MediaTypes.IsCompressible(contentType);
        var isSmall = file.Stat.Length <= HeldFiles.LargestFile;
        var compress = sibling is null && mayCompress && isWhole && accepted != ContentCodings.None;
        using var turn = compress && !isSmall ? _compression.TryTakeTurn(accepted) : null;
        if (!isSmall && turn is null) compress = false;
        if (compress) coding = isSmall ? ContentEncoder.Best(accepted) : ContentCodings.Gzip;
        var encoding = coding == ContentCodings.None ? null : ContentEncoder.NameOf(coding);
        var varies = mayCompress || sibling is not null || (accepted == ContentCodings.None && HasSibling(path));
        var entityTag = EntityTagOf(file.Stat, compress ? $"on the way: {encoding}" : encoding ?? "");

        if (isSmall)
        {
            var bytes = await ReadAsync(file, http.RequestAborted);
            if (compress) bytes = await ContentEncoder.CompressAsync(bytes, coding, http.RequestAborted);
            var small = new HeldFile
            {
                Bytes = bytes,
                FileName = Path.GetFileName(path),
                ContentType = contentType,
                EntityTag = entityTag,
                LastModified = file.Stat.LastModified,
                ContentEncoding = encoding,
                Varies = varies,
                Sources = sources,
            };
            var now = service.Time.GetUtcNow();
            if (isWhole && sources.TrueForAll(source => source.ShowsChanges(now))) held.Add(name, accepted, small);
            service.CountVisit();
            await SendToldAsync(http, name, small, encoding, varies);
            return;
        }

        using var log = new SiteTransfer(service, "/" + name, includeVisits, DownloadReceipt.IdOf(http.Request));
        service.CountVisit();
        if (compress) await SendCompressedAsync(http, file, contentType, entityTag, log);
        else await SendContentAsync(http, new OpenedFile(file, contentType, entityTag), encoding, varies, log, encoding is null ? hashing.Find(path, original.Stat) : null);
    }

    /// <summary>The whole of a small file, whatever the request's conditions are; null when it is not there or not small.</summary>
    public async Task<HeldFile?> ReadPageAsync(string name, CancellationToken cancellationToken)
    {
        var place = site.Find(name);
        using var file = place.File;
        if (place.Outcome != SiteOutcome.File || file!.Stat.Length > HeldFiles.LargestFile) return null;
        return new HeldFile
        {
            Bytes = await ReadAsync(file, cancellationToken),
            FileName = name,
            ContentType = MediaTypes.OfPage(name),
            EntityTag = EntityTagOf(file.Stat, ""),
            LastModified = file.Stat.LastModified,
            ContentEncoding = null,
            Varies = false,
            Sources = [],
        };
    }

    private async Task SendToldAsync(HttpContext http, string name, HeldFile file, string? encoding, bool varies)
    {
        using var log = new SiteTransfer(service, "/" + name, includeVisits, DownloadReceipt.IdOf(http.Request));
        await SendContentAsync(http, file, encoding, varies, log);
    }

    // What is held is at hand: whoever asks gets its hash (RFC 9530 §4).
    private static byte[]? HashOf(HttpContext http, IContent content) =>
        content is HeldFile { ContentEncoding: null } held && http.Request.Headers[ReprDigest.Wanted].Count > 0 ? SHA256.HashData(held.Bytes) : null;

    private static bool IsConditional(IHeaderDictionary headers) =>
        headers[ReprDigest.Wanted].Count > 0 ||
        headers.IfNoneMatch.Count > 0 || headers.IfModifiedSince.Count > 0 || headers.Range.Count > 0
        || headers.IfMatch.Count > 0 || headers.IfUnmodifiedSince.Count > 0;

    private static bool HasSibling(string path) =>
        Array.Exists(Siblings, sibling => NativeFiles.Current.TryStat(path + sibling.Extension, followLinks: true, out _) == FileFault.None);

    private static string EntityTagOf(in FileStat stat, string variant)
    {
        using var hash = new EntityTagHash();
        hash.Add("site 1");
        hash.Add(stat);
        hash.Add(variant);
        return $"\"{hash.Finish()}\"";
    }

    private static async Task<byte[]> ReadAsync(ContainedFile file, CancellationToken cancellationToken)
    {
        var bytes = new byte[file.Stat.Length];
        for (var offset = 0; offset < bytes.Length;)
            offset += await file.ReadAsync(offset, bytes.AsMemory(offset), cancellationToken);
        return bytes;
    }

    private ContainedFile? OpenSibling(
        string path, ContainedFile original, ContentCodings accepted, List<SeenOnDisk> sources, out ContentCodings coding)
    {
        foreach (var (siblingCoding, extension) in Siblings)
        {
            if (!accepted.HasFlag(siblingCoding)) continue;
            var seen = SeenOnDisk.At(path + extension);
            sources.Add(seen);
            if (seen.Fault != FileFault.None || seen.Stat.Kind != FileKind.File) continue;
            if (seen.Stat.ModifiedTicks < original.Stat.ModifiedTicks) continue; // made from an older version
            if (site.TryOpen(path + extension, out var sibling) != OpenOutcome.Opened) continue;
            sources[^1] = seen with { Stat = sibling!.Stat };
            coding = siblingCoding;
            return sibling;
        }

        coding = ContentCodings.None;
        return null;
    }

    private async Task SendContentAsync(HttpContext http, IContent content, string? encoding, bool varies, ITransferObserver? observer = null, byte[]? sha256 = null)
    {
        var headers = http.Response.Headers;
        if (varies) headers.Vary = "Accept-Encoding";
        if (encoding is not null) headers.ContentEncoding = encoding;
        try
        {
            var response = new ContentResponse(content) { Inline = true, Named = false, Dated = encoding is null, Observer = observer, Clock = service.Time, Sha256 = sha256 ?? HashOf(http, content) };
            var sent = await response.SendAsync(http, service.Cut);
            if (sent.StatusCode is not (StatusCodes.Status200OK or StatusCodes.Status206PartialContent)) headers.Remove("Content-Encoding");
        }
        catch (ContentChangedException)
        {
            headers.Remove("Vary");
            headers.Remove("Content-Encoding");
            throw;
        }
    }

    private async Task SendCompressedAsync(
        HttpContext http, ContainedFile file, string contentType, string entityTag, SiteTransfer log)
    {
        var response = http.Response;
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ETag = entityTag;
        response.Headers.CacheControl = "private, no-cache";
        // The date is not sent: it does not tell this form from the others.
        var outcome = new Preconditions(entityTag, DateTimeOffset.FromUnixTimeSeconds(file.Stat.LastModified.ToUnixTimeSeconds()), false)
            .Evaluate(http.Request.Headers);
        if (outcome != PreconditionOutcome.Passed)
        {
            response.StatusCode = outcome == PreconditionOutcome.Failed ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.Headers.ContentEncoding = ContentEncoder.NameOf(ContentCodings.Gzip);
        if (HttpMethods.IsGet(http.Request.Method)) await _compression.SendAsync(http, file, log);
    }
}
