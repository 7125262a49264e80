using System.Security.Cryptography;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>
/// Holds whoever fetches to the limits: how long an answer may be and take, and what the archive must be. Code that takes no cancellation token
/// and knows no limits, such as TorSharp's, is bounded all the same.
/// </summary>
internal sealed class DownloadBounds(InstallTerms terms, CancellationToken ending) : DelegatingHandler
{
    /// <summary>The archive and its SHA-256 as published; before they are known nothing as long as an archive is handed out.</summary>
    public (Uri Address, string Sha256)? Expected { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isArchive = Expected?.Address == request.RequestUri;
        var longest = isArchive ? terms.LongestArchive : terms.LongestText;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
        limit.CancelAfter(terms.AnswerLimit);
        HttpResponseMessage answer;
        try
        {
            answer = await base.SendAsync(request, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && !ending.IsCancellationRequested)
        {
            throw Late(request.RequestUri!, e);
        }

        try
        {
            var target = RemoteText.Show(request.RequestUri!.AbsoluteUri);
            if (answer.Content.Headers.ContentLength > longest)
                throw TooLong(target, longest);
            var body = await answer.Content.ReadAsStreamAsync(ending);
            var bounded = new StreamContent(new BoundedStream(
                body, longest, terms.AnswerLimit, isArchive && answer.IsSuccessStatusCode ? Expected!.Value.Sha256 : null, request.RequestUri, ending));
            foreach (var (name, values) in answer.Content.Headers)
                bounded.Headers.TryAddWithoutValidation(name, values);
            answer.Content = bounded;
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public static HttpRequestException Late(Uri address, Exception cause) =>
        new($"{address.Host} did not answer in time.", cause);

    public static ProblemException TooLong(string target, long longest) =>
        InstallProblem.Refused($"{target} is longer than {ByteSize.Show(longest)}, which it can't be.", target);
}

/// <summary>
/// A body as it arrives: no longer than allowed, never silent for too long, and, where its SHA-256 is known, without an end unless it is the right
/// one. So whoever writes it to a file and then looks into the file does not get to the second.
/// </summary>
internal sealed class BoundedStream(
    Stream body, long longest, TimeSpan answerLimit, string? sha256, Uri address, CancellationToken ending) : OneWayStream
{
    private readonly IncrementalHash? _hash = sha256 is null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
        limit.CancelAfter(answerLimit);
        int read;
        try
        {
            read = await body.ReadAsync(buffer, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && !ending.IsCancellationRequested)
        {
            throw DownloadBounds.Late(address, e);
        }
        catch (IOException e)
        {
            // Told apart from a disk that fails.
            throw new HttpRequestException($"{address.Host} broke off: {e.Message}", e);
        }

        _length += read;
        if (_length > longest)
            throw DownloadBounds.TooLong(RemoteText.Show(address.AbsoluteUri), longest);
        if (read > 0)
            _hash?.AppendData(buffer.Span[..read]);
        else if (buffer.Length > 0 && _hash is not null)
            PublishedChecksums.Compare(sha256!, Convert.ToHexString(_hash.GetCurrentHash()), address);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }
}
