using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>Serves files as they are on disk: a site with its own pages, or folders to look through.</summary>
public sealed class WebsiteMode : IServiceMode
{
    private const string NotFoundPage = "404.html";

    // A file may change between being opened and being read; then it is opened anew.
    private const int Attempts = 3;

    private readonly WebsiteRequest _request;
    private readonly ContentHashes _hashes;
    private readonly ConcurrentDictionary<string, bool> _missing = new(StringComparer.Ordinal); // the operator is told of each once
    private Site? _site;
    private SiteHashing? _hashing;

    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: the policy is none, or both a policy and none are asked for.</exception>
    public WebsiteMode(WebsiteRequest request, ContentHashes? hashes = null)
    {
        _hashes = hashes ?? new ContentHashes();
        if (request is { NoContentSecurityPolicy: true, ContentSecurityPolicy: not null })
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, "A Content-Security-Policy was given, and none was asked for.",
                "Give a policy of your own, or ask for none, or leave both out for the strict one.",
                RemoteText.Show(request.ContentSecurityPolicy));
        }

        if (request.ContentSecurityPolicy is { } own && string.IsNullOrWhiteSpace(own))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, "The Content-Security-Policy is empty.", "Leave it out for the strict one, or ask for none.");
        }

        _request = request;
        ContentSecurityPolicy = request.NoContentSecurityPolicy ? null : request.ContentSecurityPolicy ?? IServiceMode.StrictPolicy;
        SecurityHeaders.Check(ContentSecurityPolicy);
    }

    public string DefaultTitle => "OnionShare";

    public IReadOnlyList<string> Paths => _request.Paths;

    public string? ContentSecurityPolicy { get; }

    public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        _site = new Site(_request.Paths, _request.Listed, _request.IncludeHidden);
        foreach (var warning in _site.Warnings) context.Warn(warning);
        _hashing = new SiteHashing(_site, _hashes, context);
        return Task.CompletedTask;
    }

    public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
    {
        // No other route: the paths of a site are its own, and are read as they came, decoded once. A site's own file of this name goes first.
    }

    public RequestDelegate Fallback(ServiceContext context)
    {
        var held = new HeldFiles();
        var responses = new SiteResponse(_site!, held, context, _hashing!, _request.IncludeVisits);
        return http =>
        {
            if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            {
                http.Response.Headers.Allow = "GET, HEAD";
                return ErrorPages.Refuse(http, StatusCodes.Status405MethodNotAllowed);
            }

            if (context.IsDraining) return ErrorPages.Refuse(http, StatusCodes.Status503ServiceUnavailable);
            if (!SitePath.TryRead(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, out var path))
                return SendNotFoundAsync(http, responses);

            // What is held may be compressed; a range is of the bytes as they are.
            var accepted = AcceptEncoding.Read(http.Request.Headers.AcceptEncoding);
            if ((accepted == ContentCodings.None || http.Request.Headers.Range.Count == 0) && held.Find(path, accepted) is { } file)
                return responses.SendAsync(http, path.ToString(), file);
            return FindAsync(http, context, responses, path.ToString());
        };
    }

    public ValueTask DisposeAsync() => _hashing?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task FindAsync(HttpContext http, ServiceContext context, SiteResponse responses, string path)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var place = _site!.Find(path);
            using var file = place.File;
            try
            {
                switch (place.Outcome)
                {
                    case SiteOutcome.File:
                        await responses.SendAsync(http, path, place.Path!, file!);
                        return;
                    case SiteOutcome.Folder when _site.List(place) is { } entries:
                        using (var visit = _request.IncludeVisits ? context.Transfers.Begin(TransferDirection.Download, "/" + path, null) : null)
                        {
                            await ListAsync(http, context, path, FolderListing.Of(place.Names, entries, http.Request.Query["page"], http.Request.Query["q"]));
                            visit?.Complete();
                        }

                        return;
                    case SiteOutcome.FolderWithoutSlash:
                        http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                        http.Response.Headers.Location = FolderListing.Href(place.Names, place.Names.Length) + http.Request.QueryString.Value;
                        return;
                    case SiteOutcome.NotFound when "/" + path == ServiceIndex.Route:
                        await SiteIndex.SendAsync(http, context.Title, _site, _hashing!);
                        return;
                    default:
                        if (_site.Missing(path) is { } missing && _missing.TryAdd(missing, true))
                            context.Warn($"'{RemoteText.Show(missing)}' is not there any more: visitors find nothing of it. Put it back, or stop the website.");
                        await SendNotFoundAsync(http, responses);
                        return;
                }
            }
            catch (ContentChangedException) when (!http.Response.HasStarted)
            {
                // Somebody is just writing it: look again, a few times.
            }
        }

        http.Response.Headers.RetryAfter = "1";
        await ErrorPages.Refuse(http, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task SendNotFoundAsync(HttpContext http, SiteResponse responses)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        try
        {
            if (await responses.ReadPageAsync(NotFoundPage, http.RequestAborted) is not { Bytes.Length: > 0 } page) return;
            http.Response.ContentType = page.ContentType;
            http.Response.ContentLength = page.Length;
            if (!HttpMethods.IsGet(http.Request.Method)) return;
            foreach (var block in page.Bytes.Chunk(ContentBody.SmallestBlock)) // a slow visitor holds no more than a block
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
        }
        catch (ContentChangedException)
        {
            // Somebody is just writing it: the common page stands in.
        }
    }

    private async Task ListAsync(HttpContext http, ServiceContext context, string path, FolderListing listing)
    {
        context.CountVisit();
        // The page is ours, whatever policy the site needs for its own.
        http.Response.Headers.ContentSecurityPolicy = IServiceMode.StrictPolicy;
        await PageResponse.SendAsync<ListingPage>(http, StatusCodes.Status200OK, new
        {
            context.Title,
            Listing = listing,
            HashOf = (Func<SiteEntry, byte[]?>)(entry => SiteIndex.HashOf(_site!, _hashing!, path + entry.Name)),
        });
    }
}
