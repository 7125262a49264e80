using OnionShare.Contracts;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Share;

/// <summary>Offers files and folders: a page with what there is, and the whole of it as one download.</summary>
public sealed class ShareMode(ShareRequest request) : IServiceMode
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private SharedTree? _tree;
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
        _download = new ShareDownload(_tree, request, context);
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
        if (request.KeepSharing) routes.MapMethods(ShareListing.Files + "/{**path}", Reading, http => BrowseAsync(http, context));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _download?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task BrowseAsync(HttpContext http, ServiceContext context)
    {
        var entry = _tree!.Find((string?)http.Request.RouteValues["path"] ?? "");
        if (entry is null) http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (entry.IsFolder) await ShowAsync(http, context, entry);
        else if (!await _download!.SendFileAsync(http, _tree.ContentOf(entry))) await ShowAsync(http, context, entry.Parent!, StatusCodes.Status409Conflict);
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
        });
    }
}
