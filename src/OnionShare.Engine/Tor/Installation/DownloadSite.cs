using System.Net;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>The client for a download site. It goes outside of tor: there is none yet.</summary>
internal sealed class DownloadSite : IDisposable
{
    private readonly DownloadBounds _bounds;
    private readonly InstallTerms _terms;

    /// <param name="address">Its base address.</param>
    /// <param name="terms">The limits.</param>
    /// <param name="proxy">The proxy to go through; null for the system's.</param>
    /// <param name="ending">Ends all that goes through it, also what is not given a token.</param>
    public DownloadSite(Uri address, InstallTerms terms, IWebProxy? proxy, CancellationToken ending)
    {
        _terms = terms;
        var handler = new SocketsHttpHandler
        {
            UseCookies = false,
            MaxAutomaticRedirections = 5,
            MaxResponseHeadersLength = 64,
            ConnectTimeout = terms.AnswerLimit,
            ActivityHeadersPropagator = null,
        };
        if (proxy is not null)
            handler.Proxy = proxy;
        _bounds = new DownloadBounds(terms, ending) { InnerHandler = handler };
        Client = new HttpClient(_bounds)
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = terms.LongestText,
        };
    }

    public HttpClient Client { get; }

    /// <summary>Says what the archive has to be: from now on it is handed out only up to its last byte, and that one only if all of it is right.</summary>
    public void Expect(Uri archive, string sha256) => _bounds.Expected = (archive, sha256);

    /// <summary>A short file; null when there is none.</summary>
    /// <exception cref="HttpRequestException">It could not be had.</exception>
    public async Task<byte[]?> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var answer = await Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return null;
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public void Dispose() => Client.Dispose();
}
