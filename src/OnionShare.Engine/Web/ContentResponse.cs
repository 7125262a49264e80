using System.Globalization;
using Microsoft.Net.Http.Headers;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Web;

/// <summary>
/// Answers GET and HEAD with an <see cref="IContent"/>: conditional requests (RFC 9110 §13), ranges (§14), validators (§8.8), the name to
/// save it under (RFC 6266), and an exact Content-Length.
/// </summary>
public sealed class ContentResponse(IContent content)
{
    /// <summary>Show it in the browser rather than save it.</summary>
    public bool Inline { get; init; }

    /// <summary>Say the name to save it under; without that browsers take it from the address.</summary>
    public bool Named { get; init; } = true;

    /// <summary>
    /// Say when it last changed. A date does not tell the codings of one file apart, so only the file as it is may carry it: a range of one coding
    /// must never be asked for by the date of another (RFC 9110 §8.8.2.2, §13.1.5).
    /// </summary>
    public bool Dated { get; init; } = true;

    /// <summary>The content's SHA-256, where it is known by now.</summary>
    public byte[]? Sha256 { get; init; }
    public ITransferObserver? Observer { get; init; }
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Sends the answer. Returns when it has been handed over, the visitor hung up, or <paramref name="cancellationToken"/> cut it; in the
    /// last two cases, and when the content changes on the way, the connection is aborted so that the visitor sees a failure.
    /// </summary>
    /// <exception cref="ContentChangedException">
    /// The content can't be read. Nothing of the response has been touched: the caller may render an error.
    /// </exception>
    public async Task<ContentSent> SendAsync(HttpContext context, CancellationToken cancellationToken = default)
    {
        var request = context.Request;
        var response = context.Response;
        var isGet = HttpMethods.IsGet(request.Method);
        if (!isGet && !HttpMethods.IsHead(request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            return Bodiless(response, StatusCodes.Status405MethodNotAllowed);
        }

        var length = content.Length;
        var lastModified = DateTimeOffset.FromUnixTimeSeconds(content.LastModified.ToUnixTimeSeconds());
        // A date is sent only once its second is over: from then on it stands for one version only and If-Range may trust it (RFC 9110 §8.8.2.2).
        var isDateStrong = Dated && lastModified.AddSeconds(1) <= Clock.GetUtcNow();
        var conditions = new Preconditions(content.EntityTag, lastModified, isDateStrong);

        var outcome = conditions.Evaluate(request.Headers);
        if (outcome != PreconditionOutcome.Passed)
        {
            WriteValidators(response, isDateStrong ? lastModified : null);
            return Bodiless(response, outcome == PreconditionOutcome.Failed ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status304NotModified);
        }

        var range = new ByteRange(0, length);
        var status = StatusCodes.Status200OK;
        if (isGet && request.Headers.Range is [{ } header] && conditions.RangeApplies(request.Headers))
        {
            switch (RangeHeader.Read(header, length, out var asked))
            {
                case RangeOutcome.Unsatisfiable:
                    WriteValidators(response, isDateStrong ? lastModified : null);
                    response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
                    return Bodiless(response, StatusCodes.Status416RangeNotSatisfiable);
                case RangeOutcome.Partial:
                    range = asked;
                    status = StatusCodes.Status206PartialContent;
                    break;
            }
        }

        if (!isGet)
        {
            WriteHeaders();
            return new ContentSent(status, 0, 0, false);
        }

        ContentBody opened;
        try
        {
            opened = await ContentBody.OpenAsync(content, range, Observer, Clock, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Abort();
            return new ContentSent(status, range.Start, 0, false);
        }

        await using var body = opened;
        WriteHeaders();
        return await body.SendAsync(context, length, cancellationToken);

        void WriteHeaders()
        {
            response.StatusCode = status;
            WriteValidators(response, isDateStrong ? lastModified : null);
            if (Sha256 is { } hash && !ReprDigest.IsUnwanted(request.Headers[ReprDigest.Wanted])) response.Headers[ReprDigest.Header] = ReprDigest.Of(hash);
            response.ContentType = content.ContentType;
            response.ContentLength = range.Count;
            if (Named) response.Headers.ContentDisposition = Inline ? ContentDisposition.Inline(content.FileName) : ContentDisposition.Attachment(content.FileName);
            if (status == StatusCodes.Status206PartialContent)
                response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {range.Start}-{range.End - 1}/{length}");
        }
    }

    private void WriteValidators(HttpResponse response, DateTimeOffset? lastModified)
    {
        var headers = response.Headers;
        headers.ETag = content.EntityTag;
        headers.AcceptRanges = "bytes";
        if (lastModified is { } date) headers.LastModified = HeaderUtilities.FormatDate(date);
        // What is saved goes where the visitor puts it and nowhere else; what is shown may be kept, but is asked for again.
        if (headers.CacheControl.Count == 0) headers.CacheControl = Inline ? "private, no-cache" : "no-store";
    }

    private static ContentSent Bodiless(HttpResponse response, int status)
    {
        response.StatusCode = status;
        if (status != StatusCodes.Status304NotModified) response.ContentLength = 0;
        return new ContentSent(status, 0, 0, false);
    }
}
