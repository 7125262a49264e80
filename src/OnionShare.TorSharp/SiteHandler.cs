namespace OnionShare.TorSharp;

/// <summary>
/// Sends what TorSharp asks of the one site it knows to the site the engine wants, through the engine's client. TorSharp takes no cancellation token; this
/// one ends its requests.
/// </summary>
internal sealed class SiteHandler(HttpClient site, CancellationToken ending) : HttpMessageHandler
{
    private static readonly Uri Known = new("https://dist.torproject.org/torbrowser/");

    /// <summary>The address at the engine's site for one that TorSharp found; one that leads elsewhere stays as it is.</summary>
    public static Uri ToSite(HttpClient site, Uri known) => Known.IsBaseOf(known) ? new Uri(site.BaseAddress!, Known.MakeRelativeUri(known)) : known;

    public static Uri ToKnown(HttpClient site, Uri address) => new(Known, site.BaseAddress!.MakeRelativeUri(address));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ending);
        using var forwarded = new HttpRequestMessage(request.Method, ToSite(site, request.RequestUri!));
        return await site.SendAsync(forwarded, HttpCompletionOption.ResponseHeadersRead, both.Token);
    }
}
