using System.Buffers;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Reads a submitted form (multipart/form-data, RFC 7578) as it arrives: files, in fields <c>file[]</c>, and the field <c>text</c>.
/// Nothing is held in memory but the buffers.
/// </summary>
internal sealed class FormReader(ReceiveParts parts, ServiceContext service)
{
    public const string FileField = "file[]";
    public const string TextField = "text";

    // A form is longer than what is in it: boundaries and headers. What is refused early must be too long without them.
    private const long FormAllowance = 64 * 1024;
    private const int MostBoundary = 200;
    private const int ReadSize = 32 * 1024;
    private const int FirstRead = 4 * 1024;
    private const int MostUnknown = 64 * 1024;

    /// <summary>Takes in one submission.</summary>
    /// <returns>What was saved; null when the visitor hung up.</returns>
    /// <exception cref="UploadRefusedException">It is not taken, and nothing of it is left.</exception>
    public async Task<Receipt?> ReceiveAsync(HttpContext http)
    {
        if (service.IsDraining) throw UploadRefusedException.Closing();
        using var slot = parts.Intake.Enter();
        var reader = Open(http.Request);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted);
        var submission = new FormSubmission(parts, service, http.Request.ContentLength);
        try
        {
            var unknown = 0;
            while (await NextAsync(reader, cut.Token) is { } section) unknown = await ReadAsync(section, submission, unknown, cut.Token);
            if (!submission.HasContent) throw UploadRefusedException.Nothing();
            return await submission.CompleteAsync();
        }
        catch (UploadRefusedException refused)
        {
            await submission.RefuseAsync(refused.What);
            throw;
        }
        catch (StorageException failure)
        {
            await submission.RefuseAsync($"The disk did not take it: {failure.Message}");
            service.Warn($"A submission could not be saved: {RemoteText.Show(failure.Message)}");
            throw failure.Refusal;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or BadHttpRequestException)
        {
            await submission.CutAsync();
            if (http.RequestAborted.IsCancellationRequested || service.Cut.IsCancellationRequested) return null;
            throw UploadRefusedException.Malformed("What was sent breaks off before its end.");
        }
        catch
        {
            await submission.RefuseAsync("The service failed.");
            throw;
        }
    }

    private MultipartReader Open(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= MostBoundary } boundary)
            throw UploadRefusedException.Malformed("What was sent is no form with files (multipart/form-data).");
        if (request.ContentLength is { } length)
        {
            var least = length - FormAllowance;
            if (least > parts.Request.MaxSubmissionSize) throw UploadRefusedException.SubmissionTooLarge(parts.Request.MaxSubmissionSize.Value);
            if (least > 0) parts.Intake.Expect(least);
        }

        return new MultipartReader(boundary, request.Body, ReadSize);
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw UploadRefusedException.Malformed("What was sent is no form that can be read.");
        }
    }

    /// <summary>Reads one field; returns how much of fields nobody asked for has been read.</summary>
    private async Task<int> ReadAsync(MultipartSection section, FormSubmission submission, int unknown, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) disposition = null;
        var field = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).Value;
        var isText = field == TextField;
        var isFile = !isText && disposition?.IsFileDisposition() == true;
        var name = isFile ? FileName(disposition!) : null;
        var counter = isText ? new MessageText() : null;
        var begun = false;
        var first = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            while (await section.Body.ReadAsync(begun ? submission.Free : first, cancellationToken) is > 0 and var count)
            {
                if (!isFile && !isText)
                {
                    unknown += count;
                    if (unknown > MostUnknown) throw UploadRefusedException.Malformed("What was sent holds fields this service does not know.");
                    continue;
                }

                if (isFile && parts.Request.NoFiles) throw UploadRefusedException.NoFiles();
                if (isText && parts.Request.NoText) throw UploadRefusedException.NoText();
                counter?.Add((begun ? submission.Free : first).Span[..count]);
                if (!begun)
                {
                    submission.Begin(name, isText);
                    first.AsSpan(0, count).CopyTo(submission.Free.Span);
                    begun = true;
                }

                await submission.TakeAsync(count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(first);
        }

        // A field of a form that was left empty has no name either; an empty file has one.
        if (!begun && isFile && name is { Length: > 0 })
        {
            if (parts.Request.NoFiles) throw UploadRefusedException.NoFiles();
            submission.Begin(name, isMessage: false);
            begun = true;
        }

        if (begun) await submission.EndAsync();
        return unknown;
    }

    // Browsers escape three characters (HTML, multipart/form-data encoding algorithm); others escape quotes as in RFC 822.
    private static string FileName(ContentDispositionHeaderValue disposition)
    {
        if (disposition.FileNameStar.Value is { Length: > 0 } extended) return extended;
        var name = HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "";
        return name.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)
            .Replace("%22", "\"", StringComparison.OrdinalIgnoreCase).Replace("%0D", "\r", StringComparison.OrdinalIgnoreCase)
            .Replace("%0A", "\n", StringComparison.OrdinalIgnoreCase);
    }
}
