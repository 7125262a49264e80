using OnionShare.Contracts;
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

    private SharedTree? _tree;
    private ShareContent? _content;
    private ShareHashing? _hashing;
    private ShareDownload? _download;

    /// <inheritdoc/>
    public string DefaultTitle => "OnionShare";

    /// <inheritdoc/>
    public IReadOnlyList<string> Paths => request.Paths;

    /// <inheritdoc/>
    public (int Files, long Bytes)? Content => _tree is null ? null : (_tree.Root.FileCount, _tree.Root.Length);

    /// <inheritdoc/>
    public int? MostDownloads => request.MaxDownloads ?? (request.KeepSharing ? null : 1);

    /// <inheritdoc/>
    public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        if (request.Paths is not { Count: > 0 })
        {
            throw new ProblemException(ProblemCodes.InvalidRequest, "There is nothing to share.", "Name at least one file or folder.");
        }

        foreach (var path in request.Paths.Where(path => !Path.IsPathFullyQualified(path ?? "")))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"'{RemoteText.Show(path)}' is no absolute path.",
                "The engine has a working folder of its own: name files and folders in full.", path);
        }

        _tree = SharedTree.Scan(request.Paths, request.Listed, cancellationToken);
        foreach (var warning in _tree.Warnings) context.Warn(warning);
        _content = ShareContent.Create(_tree, request.Compress);
        _hashing = new ShareHashing(_tree, _content, hashes ?? new ContentHashes());
        _download = new ShareDownload(_tree, _content, _hashing, request, context);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
    {
        var (tree, download) = (_tree!, _download!);
        routes.MapMethods("/", Reading, http => ShowAsync(http, context, tree.Root));
        routes.MapMethods("/download", Reading, async http =>
        {
            if (!await download.SendAsync(http)) await ShowAsync(http, context, tree.Root, StatusCodes.Status409Conflict);
        });
        routes.MapMethods(ReceiptRoute, [HttpMethods.Post], download.TakeReceiptAsync);
        routes.MapMethods(ServiceIndex.Route, Reading, http => ShareIndex.SendAsync(http, context.Title, request, tree, _content!, _hashing!));
        _hashing!.Begin(context);
        if (request.KeepSharing) routes.MapMethods(ShareListing.Files + "/{**path}", Reading, http => BrowseAsync(http, context));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _download?.Dispose();
        return _hashing?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    private async Task BrowseAsync(HttpContext http, ServiceContext context)
    {
        var entry = _tree!.Find((string?)http.Request.RouteValues["path"] ?? "");
        if (entry is null) http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (entry.IsFolder) await ShowAsync(http, context, entry);
        else if (!await _download!.SendFileAsync(http, entry, _tree.ContentOf(entry))) await ShowAsync(http, context, entry.Parent!, StatusCodes.Status409Conflict);
    }

    private async Task ShowAsync(HttpContext http, ServiceContext context, SharedEntry folder, int status = StatusCodes.Status200OK)
    {
        context.CountVisit();
        await PageResponse.SendAsync<SharePage>(http, status, new
        {
            context.Title,
            Listing = ShareListing.Of(folder, request, http.Request.Query["page"], http.Request.Query["q"]),
            Download = _download!,
            context.IsDraining,
            HashOf = (Func<SharedEntry, byte[]?>)_hashing!.Of,
        });
    }
}
