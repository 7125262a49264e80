using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>Reads one piece of an upload from a request's body to its place in the file.</summary>
internal sealed class PieceReader(ReceiveParts parts, ResumableStore store, ServiceContext service)
{
    /// <summary>Takes the piece; false if its checksum was wrong, and then nothing of it was kept.</summary>
    /// <exception cref="UploadRefusedException">It does not belong there, or there is no room.</exception>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public async Task<bool> TakeAsync(HttpContext http, ResumableSubmission submission, ResumableUpload upload, long offset)
    {
        using var checksum = ChecksumOf(http);
        using var slot = parts.Intake.Enter();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted);
        using var writing = await upload.TakeOverAsync(cut.Token);
        if (upload.IsGone) throw new UploadRefusedException(StatusCodes.Status404NotFound, "The upload was taken back.", "Start it anew.");
        if (offset != upload.Offset)
            throw new UploadRefusedException(StatusCodes.Status409Conflict, $"The upload goes on at {upload.Offset}.", "Ask with HEAD where it goes on.");
        if ((http.Request.ContentLength ?? 0) > upload.Length - offset) throw TooMuch();
        if (upload.IsDone) return true;

        submission.List();
        if (checksum is not null)
        {
            upload.Good = offset;
            if (upload.Paths is not null) store.Save(submission);
        }

        var isNew = upload.Paths is null;
        var file = submission.Open(upload);
        try
        {
            if (isNew) store.Save(submission);
            upload.Follow(checksum is null ? file : null);
            await ReadAsync(http.Request, submission, upload, file, checksum, writing.Cut);
            if (checksum?.IsRight() == false)
            {
                await CutBackAsync(file, offset);
                return false;
            }

            await EndAsync(upload, file);
            return true;
        }
        catch when (checksum is not null && !upload.IsDone)
        {
            await CutBackAsync(file, offset);
            throw;
        }
        finally
        {
            await file.DisposeAsync();
            upload.Follow(null);
            upload.Offset = upload.IsDone ? upload.Length : file.Written;
            upload.Good = null;
            store.Save(submission);
        }
    }

    private async Task ReadAsync(
        HttpRequest request, ResumableSubmission submission, ResumableUpload upload, IncomingFile file, UploadChecksum? checksum, CancellationToken cut)
    {
        while (await request.Body.ReadAsync(file.Free, cut) is > 0 and var count)
        {
            if (file.Length + count > upload.Length) throw TooMuch();
            parts.Intake.Take(count);
            checksum?.Add(file.Free.Span[..count]);
            await file.AdvanceAsync(count);
            submission.Report(count);
        }
    }

    private static async Task EndAsync(ResumableUpload upload, IncomingFile file)
    {
        if (file.Length < upload.Length) return;
        if (upload.IsMessage)
        {
            await file.WriteAllAsync();
            await CountAsync(file.Paths.Partial);
        }

        await file.CompleteAsync();
        upload.IsDone = true;
    }

    private async Task CutBackAsync(IncomingFile file, long offset)
    {
        parts.Intake.GiveBack(file.Length - offset);
        await file.CutBackAsync(offset);
    }

    private static async Task CountAsync(string path)
    {
        await using var message = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, useAsync: true);
        var counter = new MessageText();
        var buffer = new byte[WriteBuffers.Small];
        while (await message.ReadAsync(buffer) is > 0 and var count) counter.Add(buffer.AsSpan(0, count));
    }

    private static UploadChecksum? ChecksumOf(HttpContext http)
    {
        var header = http.Request.Headers["Upload-Checksum"].ToString();
        if (header.Length == 0) return null;
        return UploadChecksum.TryRead(header, out var checksum)
            ? checksum
            : throw UploadRefusedException.Malformed($"Upload-Checksum is not of {UploadChecksum.Algorithms}, or can't be read.");
    }

    private static UploadRefusedException TooMuch() =>
        new(StatusCodes.Status413PayloadTooLarge, "The piece is longer than what is missing.", "Ask with HEAD where the upload goes on.");
}
