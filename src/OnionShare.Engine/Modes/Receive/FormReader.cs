using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Reads a submitted form as it arrives: multipart/form-data (RFC 7578) with files, in fields <c>file[]</c>, and the field <c>text</c>; or
/// application/x-www-form-urlencoded with the field <c>text</c> alone. Nothing is held in memory but the buffers.
/// </summary>
internal sealed class FormReader(ReceiveParts parts)
{
    public const string FileField = "file[]";
    public const string TextField = "text";

    // A form is longer than what is in it: boundaries and headers. What is refused early must be too long without them.
    private const long FormAllowance = 64 * 1024;
    private const long FieldAllowance = 1024;
    private const int MostBoundary = 200;
    private const int ReadSize = 64 * 1024; // what a socket has at once
    private const int FirstRead = 4 * 1024;
    private const int MostUnknown = 64 * 1024;
    private const int MostOtherFields = 100;

    /// <returns>What was saved; null when the visitor hung up.</returns>
    /// <exception cref="UploadRefusedException">It is not taken, and nothing of it is left.</exception>
    public async Task<Receipt?> ReceiveAsync(HttpContext http)
    {
        if (parts.Service.IsDraining) throw UploadRefusedException.Closing();
        parts.CheckKeys();
        using var slot = parts.Quota.Enter();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(parts.Service.Cut, http.RequestAborted);
        var upload = new FormUpload(parts, http.Request.ContentLength);
        try
        {
            await ReadAsync(http.Request, upload, cut.Token);
            if (!upload.HasContent) throw UploadRefusedException.Nothing();
            return await upload.CompleteAsync();
        }
        catch (UploadRefusedException refused)
        {
            await upload.RefuseAsync(refused.What.ToString());
            throw;
        }
        catch (StorageException failure)
        {
            await upload.RefuseAsync($"The disk did not take it: {parts.Inbox.Explain(failure)}");
            throw parts.Tell(failure);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or BadHttpRequestException)
        {
            await upload.CutAsync();
            // The connection's own end comes before the request is told of it, and of such a body nothing more can be read.
            var isLost = gone is BadHttpRequestException or ConnectionResetException;
            if (isLost || http.RequestAborted.IsCancellationRequested || parts.Service.Cut.IsCancellationRequested) return null;
            throw UploadRefusedException.Malformed("refused.broken-off");
        }
        catch
        {
            await upload.RefuseAsync("The service failed.");
            throw;
        }
    }

    private Task ReadAsync(HttpRequest request, FormUpload upload, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) type = null;
        if (type?.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            var field = new UrlEncodedField(request.Body, TextField, MostUnknown);
            return ReadFieldAsync(field.ReadAsync, upload, null, isMessage: true, cancellationToken);
        }

        if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= MostBoundary } boundary)
        {
            throw UploadRefusedException.Malformed("refused.no-form");
        }

        if (request.ContentLength is { } length)
        {
            var allowance = FormAllowance + (FieldAllowance * parts.Request.MaxFiles);
            if (parts.Request.MaxSubmissionSize is { } most && length - allowance > most) throw UploadRefusedException.SubmissionTooLarge(most);
            if (length - FormAllowance is > 0 and var least) parts.Quota.Expect(least);
        }

        return ReadSectionsAsync(new MultipartReader(boundary, request.Body, ReadSize), upload, cancellationToken);
    }

    private async Task ReadSectionsAsync(MultipartReader reader, FormUpload upload, CancellationToken cancellationToken)
    {
        var unknown = 0;
        try
        {
            for (var fields = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; fields++)
            {
                if (fields > parts.Request.MaxFiles + MostOtherFields) throw UploadRefusedException.TooManyFiles(parts.Request.MaxFiles);
                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)) disposition = null;
                var isMessage = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).Value == TextField;
                if (isMessage || disposition?.IsFileDisposition() == true)
                    await ReadFieldAsync(section.Body.ReadAsync, upload, isMessage ? null : FileName(disposition!), isMessage, cancellationToken);
                else
                    unknown = await SkipAsync(section.Body, unknown, cancellationToken);
            }
        }
        catch (InvalidDataException)
        {
            // The headers of a section, or the line of the boundary behind it, which is read with its body.
            throw UploadRefusedException.Malformed("refused.bad-form");
        }
    }

    /// <summary>Reads a field nobody asked for; returns how much of such fields has been read.</summary>
    private static async Task<int> SkipAsync(Stream body, int unknown, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                unknown += count;
                if (unknown > MostUnknown) throw UploadRefusedException.Malformed("refused.unknown-fields");
            }

            return unknown;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task ReadFieldAsync(
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read, FormUpload upload, string? name, bool isMessage, CancellationToken cancellationToken)
    {
        var counter = isMessage ? new MessageText() : null;
        var first = ArrayPool<byte>.Shared.Rent(FirstRead);
        try
        {
            var count = await read(first, cancellationToken);
            // A field of a form that was left empty has no name either; an empty file has one.
            if (count == 0 && name is null or "") return;
            counter?.Add(first.AsSpan(0, count));
            upload.Begin(name, isMessage);
            first.AsSpan(0, count).CopyTo(upload.Free.Span);
            if (count > 0) await upload.TakeAsync(count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(first);
        }

        while (await read(upload.Free, cancellationToken) is > 0 and var count)
        {
            counter?.Add(upload.Free.Span[..count]);
            await upload.TakeAsync(count);
        }

        await upload.EndAsync();
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
