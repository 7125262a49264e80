using System.Globalization;
using System.Text.Json.Nodes;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// Resumable uploads (tus 1.0: core, creation, creation-with-upload, checksum, also behind the piece,
/// termination, expiration) at <c>/files</c>. A client that knows
/// only tus makes one submission of each file; the service's page asks for a submission at <c>/submissions</c> first, names it in each file's
/// metadata (<c>submission</c>), and finishes it with a POST to it, or takes all of it back with a DELETE. The message is an upload with the metadata <c>kind text</c>.
/// </summary>
internal sealed class ResumableRoutes(ReceiveParts parts, ResumableStore store, Webhook? webhook)
{
    public const string Version = "1.0.0";
    private const string PieceType = "application/offset+octet-stream";
    private const string Extensions = "creation,creation-with-upload,checksum,checksum-trailer,termination,expiration";
    private const int ChecksumMismatch = 460;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/submissions", [HttpMethods.Post], http => AnswerAsync(http, BeginAsync));
        routes.MapMethods("/submissions/{id}", [HttpMethods.Post], http => AnswerAsync(http, FinishAsync));
        routes.MapMethods("/submissions/{id}", [HttpMethods.Delete], http => AnswerAsync(http, WithdrawAsync));
        routes.MapMethods("/files", [HttpMethods.Options, HttpMethods.Post], http => AnswerAsync(http, FilesAsync));
        string[] methods = [HttpMethods.Options, HttpMethods.Head, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Post];
        routes.MapMethods("/files/{id}/{number:int}", methods, http => AnswerAsync(http, FileAsync));
    }

    private async Task BeginAsync(HttpContext http)
    {
        if (parts.Service.IsDraining) throw UploadRefusedException.Closing();
        parts.CheckKeys();
        parts.Quota.Enter().Dispose();
        if (long.TryParse(http.Request.Query["bytes"], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            if (parts.Request.MaxSubmissionSize is { } most && bytes > most) throw UploadRefusedException.SubmissionTooLarge(most);
            parts.Quota.Expect(bytes);
        }

        var id = ResumableStore.NewId();
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = "/submissions/" + id;
        await http.Response.WriteAsJsonAsync(new JsonObject { ["id"] = id }, http.RequestAborted);
    }

    private async Task FinishAsync(HttpContext http)
    {
        using var busy = store.Find((string?)http.Request.RouteValues["id"], out var submission) ?? throw ResumableStore.Gone(parts.Recipients is not null);
        await http.Response.WriteAsJsonAsync(ReceivePages.Flashes(await CompleteAsync(submission)), http.RequestAborted);
    }

    private async Task WithdrawAsync(HttpContext http)
    {
        using var busy = store.Find((string?)http.Request.RouteValues["id"], out var submission) ?? throw ResumableStore.Gone(parts.Recipients is not null);
        await submission.WithdrawAsync();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<Receipt> CompleteAsync(ResumableSubmission submission)
    {
        // Not given up with the request: it is finished, whether or not anybody hears of it.
        var (receipt, isNew) = await submission.FinishAsync(CancellationToken.None);
        if (!isNew) return receipt;
        store.Finished(submission);
        webhook?.Tell(receipt);
        return receipt;
    }

    private Task FilesAsync(HttpContext http)
    {
        if (HttpMethods.IsOptions(http.Request.Method)) return OptionsAsync(http);
        CheckVersion(http);
        return CreateAsync(http);
    }

    private Task FileAsync(HttpContext http)
    {
        if (HttpMethods.IsOptions(http.Request.Method)) return OptionsAsync(http);
        CheckVersion(http);
        // For clients behind something that knows only GET and POST.
        var method = http.Request.Headers["X-HTTP-Method-Override"] is [{ Length: > 0 } other] ? other : http.Request.Method;
        if (HttpMethods.IsHead(method)) return HeadAsync(http);
        if (HttpMethods.IsPatch(method)) return PatchAsync(http);
        if (HttpMethods.IsDelete(method)) return DeleteAsync(http);
        http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        http.Response.Headers.Allow = "OPTIONS, HEAD, PATCH, DELETE";
        return Task.CompletedTask;
    }

    private Task OptionsAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        var headers = http.Response.Headers;
        headers["Tus-Version"] = Version;
        // A checksum behind a piece comes too late where the piece has been encrypted by then.
        headers["Tus-Extension"] = parts.Recipients is null ? Extensions : Extensions.Replace(",checksum-trailer", "", StringComparison.Ordinal);
        headers["Tus-Checksum-Algorithm"] = UploadChecksum.Algorithms;
        if (parts.Request.MaxFileSize is { } most) headers["Tus-Max-Size"] = Number(most);
        return Task.CompletedTask;
    }

    private async Task CreateAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.ContainsKey("Upload-Concat")) throw Bad("This service takes no uploads in parallel parts (Upload-Concat).");
        if (headers.ContainsKey("Upload-Defer-Length")) throw Bad("This service takes no upload without its length (Upload-Defer-Length).");
        if (!TryNumber(headers["Upload-Length"], out var length)) throw Bad("Upload-Length is missing or no number.");
        if (!UploadMetadata.TryRead(headers["Upload-Metadata"], out var metadata)) throw Bad("Upload-Metadata can't be read.");
        using var piece = PieceOf(http, 0);
        parts.CheckKeys();

        var named = metadata.GetValueOrDefault("submission");
        using var busy = store.Begin(named ?? ResumableStore.NewId(), isSingle: named is null, out var submission);
        var upload = await submission.AddAsync(
            metadata.GetValueOrDefault("filename", ""), length, metadata.GetValueOrDefault("kind") == "text",
            UploadMetadata.Kept(headers["Upload-Metadata"]), http.RequestAborted);

        http.Response.Headers.Location = $"/files/{submission.Id}/{Number(upload.Number)}";
        if (http.Request.ContentType == PieceType || length == 0) await TakeAsync(http, submission, upload, piece);
        Describe(http, submission, upload);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentLength = 0;
    }

    private async Task HeadAsync(HttpContext http)
    {
        using var busy = Find(http, out var submission, out var upload);
        await upload.EndLateAsync(http.RequestAborted);
        await CompleteSingleAsync(submission, upload);
        Describe(http, submission, upload);
        http.Response.Headers["Upload-Length"] = Number(upload.Length);
        if (upload.Metadata is { } metadata) http.Response.Headers["Upload-Metadata"] = metadata;
    }

    private async Task PatchAsync(HttpContext http)
    {
        using var busy = Find(http, out var submission, out var upload);
        if (http.Request.ContentType != PieceType)
            throw new UploadRefusedException(StatusCodes.Status415UnsupportedMediaType, "A piece has the type " + PieceType + ".", "Send it so.");
        if (!TryNumber(http.Request.Headers["Upload-Offset"], out var offset)) throw Bad("Upload-Offset is missing or no number.");
        if (parts.Service.IsDraining && !submission.Content.IsUnderWay) throw UploadRefusedException.Closing();
        using var piece = PieceOf(http, offset);
        await TakeAsync(http, submission, upload, piece);
        Describe(http, submission, upload);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Piece PieceOf(HttpContext http, long offset)
    {
        var piece = new Piece(http.Request, offset);
        if (parts.Recipients is null || piece is not { IsChecked: true, Checksum: null }) return piece;
        piece.Dispose();
        throw Bad("What comes in here is encrypted at once: Upload-Checksum has to stand before the piece, not behind it.");
    }

    private async Task TakeAsync(HttpContext http, ResumableSubmission submission, ResumableUpload upload, Piece piece)
    {
        using (parts.Quota.Enter())
        {
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(parts.Service.Cut, http.RequestAborted);
            if (!await upload.WriteAsync(piece, cut.Token))
                throw new UploadRefusedException(ChecksumMismatch, "The piece does not have the checksum it should have.", "Send it again.");
        }

        await CompleteSingleAsync(submission, upload);
    }

    // Also when it is only asked for: if the disk failed between the last byte and the end, whoever sent it is not told that all is well.
    private async Task CompleteSingleAsync(ResumableSubmission submission, ResumableUpload upload)
    {
        if (submission.IsSingle && upload.File.IsWhole) await CompleteAsync(submission);
    }

    private async Task DeleteAsync(HttpContext http)
    {
        using var busy = Find(http, out var submission, out var upload);
        await submission.RemoveAsync(upload, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private IDisposable Find(HttpContext http, out ResumableSubmission submission, out ResumableUpload upload)
    {
        var busy = store.Find((string?)http.Request.RouteValues["id"], out submission) ?? throw ResumableStore.Gone(parts.Recipients is not null);
        if (submission.Find(int.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture)) is { } found)
        {
            upload = found;
            return busy;
        }

        busy.Dispose();
        throw ResumableStore.Gone(parts.Recipients is not null);
    }

    private static void Describe(HttpContext http, ResumableSubmission submission, ResumableUpload upload)
    {
        http.Response.Headers["Upload-Offset"] = Number(upload.TellOffset());
        if (upload.File.Sha256 is { } sha256) http.Response.Headers[ReprDigest.Header] = ReprDigest.Of(sha256);
        if (!upload.File.IsWhole) http.Response.Headers["Upload-Expires"] = submission.Expires.ToString("R", CultureInfo.InvariantCulture);
    }

    private static void CheckVersion(HttpContext http)
    {
        if (http.Request.Headers["Tus-Resumable"] is [Version]) return;
        http.Response.Headers["Tus-Version"] = Version;
        throw new UploadRefusedException(StatusCodes.Status412PreconditionFailed, "This service speaks tus 1.0.0.", "Say so in the header Tus-Resumable.");
    }

    private async Task AnswerAsync(HttpContext http, Func<HttpContext, Task> handle)
    {
        http.Response.Headers["Tus-Resumable"] = Version;
        try
        {
            await handle(http);
        }
        catch (UploadRefusedException refused)
        {
            await BodyDrain.AnswerAsync(http, refused, () => WriteAsync(http, refused));
        }
        catch (StorageException failure)
        {
            var refused = parts.Tell(failure);
            await BodyDrain.AnswerAsync(http, refused, () => WriteAsync(http, refused));
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The visitor, or the connection to them, has gone; what came is kept.
            http.Abort();
        }
    }

    private static Task WriteAsync(HttpContext http, UploadRefusedException refused)
    {
        if (!HttpMethods.IsHead(http.Request.Method)) return ReceivePages.WriteAsync(http, refused);
        http.Response.StatusCode = refused.Status;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static UploadRefusedException Bad(string what) => UploadRefusedException.Protocol(what);

    private static bool TryNumber(string? text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
