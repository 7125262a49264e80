using System.Globalization;
using System.Text.Json.Nodes;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// Resumable uploads (tus 1.0: core, creation, creation-with-upload, checksum, termination, expiration) at <c>/files</c>. A client that knows
/// only tus makes one submission of each file; the service's page asks for a submission at <c>/submissions</c> first, names it in each file's
/// metadata (<c>submission</c>), and finishes it with a POST to it. The message is an upload with the metadata <c>kind text</c>.
/// </summary>
internal sealed class ResumableRoutes(ReceiveParts parts, ResumableStore store, ServiceContext service, Webhook? webhook)
{
    private const string Version = "1.0.0";
    private const string PieceType = "application/offset+octet-stream";
    private const string Extensions = "creation,creation-with-upload,checksum,termination,expiration";
    private const int ChecksumMismatch = 460;

    private readonly PieceReader _pieces = new(parts, store, service);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/submissions", [HttpMethods.Post], http => AnswerAsync(http, BeginAsync));
        routes.MapMethods("/submissions/{id}", [HttpMethods.Post], http => AnswerAsync(http, FinishAsync));
        routes.MapMethods("/files", [HttpMethods.Options, HttpMethods.Post], http => AnswerAsync(http, FilesAsync));
        string[] methods = [HttpMethods.Options, HttpMethods.Head, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Post];
        routes.MapMethods("/files/{id}/{number:int}", methods, http => AnswerAsync(http, FileAsync));
    }

    private async Task BeginAsync(HttpContext http)
    {
        if (service.IsDraining) throw UploadRefusedException.Closing();
        parts.Intake.Enter().Dispose();
        if (long.TryParse(http.Request.Query["bytes"], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            if (bytes > parts.Request.MaxSubmissionSize) throw UploadRefusedException.SubmissionTooLarge(parts.Request.MaxSubmissionSize.Value);
            parts.Intake.Expect(bytes);
        }

        using var busy = store.Create(isSingle: false, out var submission);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.Headers.Location = "/submissions/" + submission.Id;
        await http.Response.WriteAsJsonAsync(new JsonObject { ["id"] = submission.Id }, http.RequestAborted);
    }

    private async Task FinishAsync(HttpContext http)
    {
        using var busy = store.Find((string?)http.Request.RouteValues["id"], out var submission) ?? throw Gone();
        await submission.Gate.WaitAsync(http.RequestAborted);
        try
        {
            if (submission.Uploads.Count == 0) throw UploadRefusedException.Nothing();
            if (submission.Uploads.Any(upload => !upload.IsDone))
                throw new UploadRefusedException(StatusCodes.Status409Conflict, "Not all files have arrived yet.", "Go on with those that have not.");
            await http.Response.WriteAsJsonAsync(ReceivePages.Flashes(await CompleteAsync(submission)), http.RequestAborted);
        }
        finally
        {
            submission.Gate.Release();
        }
    }

    private async Task<Receipt> CompleteAsync(ResumableSubmission submission)
    {
        var isNew = !submission.IsComplete;
        var receipt = await submission.CompleteAsync();
        if (!isNew) return receipt;
        store.Save(submission);
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
        headers["Tus-Extension"] = Extensions;
        headers["Tus-Checksum-Algorithm"] = UploadChecksum.Algorithms;
        if (parts.Request.MaxFileSize is { } most) headers["Tus-Max-Size"] = Number(most);
        return Task.CompletedTask;
    }

    private async Task CreateAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (!TryNumber(headers["Upload-Length"], out var length)) throw Bad("Upload-Length is missing or no number.");
        if (!UploadMetadata.TryRead(headers["Upload-Metadata"], out var metadata)) throw Bad("Upload-Metadata can't be read.");
        var isMessage = metadata.GetValueOrDefault("kind") == "text";
        Check(length, isMessage);

        var named = metadata.GetValueOrDefault("submission");
        ResumableSubmission submission;
        using var busy = named is null ? CreateSingle(out submission) : store.Find(named, out submission) ?? throw Gone();
        var upload = new ResumableUpload(metadata.GetValueOrDefault("filename", ""), length, isMessage);
        int number;
        await submission.Gate.WaitAsync(http.RequestAborted);
        try
        {
            number = Add(submission, upload);
            store.Save(submission);
        }
        finally
        {
            submission.Gate.Release();
        }

        http.Response.Headers.Location = $"/files/{submission.Id}/{Number(number)}";
        var hasPiece = http.Request.ContentType == PieceType;
        if (hasPiece || length == 0) await TakeAsync(http, submission, upload);
        Describe(http, submission, upload);
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentLength = 0;
    }

    private IDisposable CreateSingle(out ResumableSubmission submission)
    {
        if (service.IsDraining) throw UploadRefusedException.Closing();
        return store.Create(isSingle: true, out submission);
    }

    private int Add(ResumableSubmission submission, ResumableUpload upload)
    {
        if (service.IsDraining && !submission.IsUnderWay) throw UploadRefusedException.Closing();
        if (submission.IsComplete) throw Gone();
        var uploads = submission.Uploads;
        if (uploads.Count >= ResumableStore.MostUploads) throw UploadRefusedException.Malformed("These are too many files at once.");
        if (upload.IsMessage && uploads.Any(other => other.IsMessage)) throw UploadRefusedException.Malformed("There is a message already.");
        if (uploads.Sum(other => other.Length) > (parts.Request.MaxSubmissionSize ?? long.MaxValue) - upload.Length)
            throw UploadRefusedException.SubmissionTooLarge(parts.Request.MaxSubmissionSize!.Value);
        var number = submission.Add(upload);
        submission.List();
        return number;
    }

    private void Check(long length, bool isMessage)
    {
        if (isMessage && parts.Request.NoText) throw UploadRefusedException.NoText();
        if (isMessage && length > MessageText.MostBytes) throw UploadRefusedException.TextTooLong();
        if (!isMessage && parts.Request.NoFiles) throw UploadRefusedException.NoFiles();
        if (length > parts.Request.MaxFileSize) throw UploadRefusedException.FileTooLarge(parts.Request.MaxFileSize.Value);
        if (length > parts.Request.MaxSubmissionSize) throw UploadRefusedException.SubmissionTooLarge(parts.Request.MaxSubmissionSize.Value);
        parts.Intake.Expect(length);
    }

    private Task HeadAsync(HttpContext http)
    {
        using var busy = Find(http, out var submission, out var upload);
        Describe(http, submission, upload);
        http.Response.Headers["Upload-Length"] = Number(upload.Length);
        return Task.CompletedTask;
    }

    private async Task PatchAsync(HttpContext http)
    {
        using var busy = Find(http, out var submission, out var upload);
        if (http.Request.ContentType != PieceType)
            throw new UploadRefusedException(StatusCodes.Status415UnsupportedMediaType, "A piece has the type " + PieceType + ".", "Send it so.");
        if (!TryNumber(http.Request.Headers["Upload-Offset"], out var offset)) throw Bad("Upload-Offset is missing or no number.");
        if (service.IsDraining && !submission.IsUnderWay) throw UploadRefusedException.Closing();
        await TakeAsync(http, submission, upload, offset);
        Describe(http, submission, upload);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task TakeAsync(HttpContext http, ResumableSubmission submission, ResumableUpload upload, long offset = 0)
    {
        if (!await _pieces.TakeAsync(http, submission, upload, offset))
            throw new UploadRefusedException(ChecksumMismatch, "The piece does not have the checksum it should have.", "Send it again.");
        if (submission.IsSingle && upload.IsDone) await CompleteAsync(submission);
    }

    private async Task DeleteAsync(HttpContext http)
    {
        using var busy = Find(http, out var submission, out var upload);
        using var writing = await upload.TakeOverAsync(http.RequestAborted);
        await submission.Gate.WaitAsync(http.RequestAborted);
        try
        {
            if (submission.IsComplete) throw Gone();
            submission.Remove(upload);
            store.Save(submission);
        }
        finally
        {
            submission.Gate.Release();
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private IDisposable Find(HttpContext http, out ResumableSubmission submission, out ResumableUpload upload)
    {
        var busy = store.Find((string?)http.Request.RouteValues["id"], out submission) ?? throw Gone();
        var number = int.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
        if (submission.Find(number) is { } found)
        {
            upload = found;
            return busy;
        }

        busy.Dispose();
        throw Gone();
    }

    private static void Describe(HttpContext http, ResumableSubmission submission, ResumableUpload upload)
    {
        http.Response.Headers["Upload-Offset"] = Number(upload.Offset);
        if (!upload.IsDone) http.Response.Headers["Upload-Expires"] = submission.Expires.ToString("R", CultureInfo.InvariantCulture);
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
            await RefusedBody.AnswerAsync(http, refused, () => WriteAsync(http, refused));
        }
        catch (StorageException failure)
        {
            service.Warn($"An upload could not be saved: {RemoteText.Show(failure.Message)}");
            await RefusedBody.AnswerAsync(http, failure.Refusal, () => WriteAsync(http, failure.Refusal));
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

    private static UploadRefusedException Gone() =>
        new(StatusCodes.Status404NotFound, "There is no such upload, or no longer.", "Start it anew.");

    private static UploadRefusedException Bad(string what) => UploadRefusedException.Malformed(what);

    private static bool TryNumber(string? text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
