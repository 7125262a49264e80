using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Share;

/// <summary>Offers files and folders: a page with what there is, and the whole of it as one download.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="hashes">The hashes of files that are known by now; of no service but this one when it is left out.</param>
public sealed class ShareMode(ShareRequest request, ContentHashes? hashes = null) : IServiceMode
{
    /// <summary>Where a visitor's program tells that the whole has arrived.</summary>
    internal const string ReceiptRoute = "/download/receipt";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private readonly ContentHashes _hashes = hashes ?? new ContentHashes();
    private volatile ShareOffer? _offer;

    public string DefaultTitle => "OnionShare";

    public IReadOnlyList<string> Paths => (_offer?.Request ?? request).Paths;

    public (int Files, long Bytes)? Content => _offer is not { Tree.Root: var root } ? null : (root.FileCount, root.Length);

    public int? MostDownloads => request.MaxDownloads ?? (request.KeepSharing ? null : 1);

    public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        if (request.Paths is not { Count: > 0 })
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, "There is nothing to share.", "Name at least one file or folder.");
        }

        _offer = ShareOffer.Make(request, _hashes, context, null, cancellationToken);
        return Task.CompletedTask;
    }

    public Task<Action> PrepareOfferAsync(ServiceRequest settings, bool cut, ServiceContext context, CancellationToken cancellationToken)
    {
        if (settings is not ShareRequest { KeepSharing: true } share)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"'{context.Name}' ends after its downloads, so what it shares stays as it is.", "Start it with -KeepSharing.", context.Name);
        }

        var next = ShareOffer.Make(share, _hashes, context, _offer, cancellationToken);
        return Task.FromResult(() =>
        {
            var old = _offer!;
            _offer = next;
            next.Hashing.Begin(context);
            _ = old.EndAsync(cut);
        });
    }

    public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
    {
        routes.MapMethods("/", Reading, http => ShowAsync(http, context, _offer!, _offer!.Tree.Root));
        routes.MapMethods("/download", Reading, async http =>
        {
            var offer = _offer!;
            if (!await offer.Download.SendAsync(http)) await ShowAsync(http, context, offer, offer.Tree.Root, StatusCodes.Status409Conflict);
        });
        routes.MapMethods(ReceiptRoute, [HttpMethods.Post], http => _offer!.Download.TakeReceiptAsync(http));
        routes.MapMethods(ServiceIndex.Route, Reading, http => _offer!.SendIndexAsync(http, context.Title));
        _offer!.Hashing.Begin(context);
        if (request.KeepSharing) routes.MapMethods(ShareListing.Files + "/{**path}", Reading, http => BrowseAsync(http, context, _offer!));
    }

    public async ValueTask DisposeAsync()
    {
        if (_offer is { } offer) await offer.EndAsync(cut: false);
    }

    private async Task BrowseAsync(HttpContext http, ServiceContext context, ShareOffer offer)
    {
        var entry = offer.Tree.Find((string?)http.Request.RouteValues["path"] ?? "");
        if (entry is null) http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (entry.IsFolder) await ShowAsync(http, context, offer, entry);
        else if (!await offer.Download.SendFileAsync(http, entry, offer.Tree.ContentOf(entry))) await ShowAsync(http, context, offer, entry.Parent!, StatusCodes.Status409Conflict);
    }

    private static async Task ShowAsync(HttpContext http, ServiceContext context, ShareOffer offer, SharedEntry folder, int status = StatusCodes.Status200OK)
    {
        context.CountVisit();
        await PageResponse.SendAsync<SharePage>(http, status, new
        {
            context.Title,
            Listing = ShareListing.Of(folder, offer.Request, http.Request.Query["page"], http.Request.Query["q"]),
            offer.Download,
            context.IsDraining,
            HashOf = (Func<SharedEntry, byte[]?>)offer.Hashing.Of,
        });
    }
}
