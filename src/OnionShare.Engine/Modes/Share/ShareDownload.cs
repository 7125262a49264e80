using System.Globalization;
using OnionShare.Contracts;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Share;

/// <summary>The whole of a share as one download, and the rule that ends a share when it has been downloaded.</summary>
public sealed class ShareDownload
{
    private readonly ShareContent _content;
    private readonly DownloadCoverage? _coverage;
    private readonly int _limit;
    private int _downloads;

    /// <summary>The download of all that is in the tree.</summary>
    /// <param name="tree">What is shared.</param>
    /// <param name="request">How.</param>
    /// <param name="progress">How far visitors were with the same bytes when the service last ran (<see cref="ServiceContext.Progress"/>).</param>
    public ShareDownload(SharedTree tree, ShareRequest request, string? progress)
    {
        _content = ShareContent.Create(tree, request.Compress);
        _limit = request.MaxDownloads ?? (request.KeepSharing ? int.MaxValue : 1);
        if (_content.Content is not { } content) return;
        _coverage = new DownloadCoverage(content.Length);
        if (progress?.Split('\n', 2) is not [var head, var chains] || head.Split(' ', 2) is not [var count, var tag] || tag != content.EntityTag) return;
        _downloads = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var downloads) && downloads < _limit ? downloads : 0;
        _coverage.Read(chains);
    }

    public string FileName => _content.FileName;

    /// <summary>Its size; null when it is not known beforehand.</summary>
    public long? Length => _content.Content?.Length;

    public static async Task SendFileAsync(HttpContext http, ServiceContext service, IContent content)
    {
        if (!Accepts(http, service)) return;
        await SendAsync(http, service, content);
    }

    public async Task SendAsync(HttpContext http, ServiceContext service)
    {
        if (!Accepts(http, service)) return;
        var isWhole = _content.Content is { } content
            ? await SendAsync(http, service, content, _coverage!)
            : await SendCompressedAsync(http, service, _content.Compressed!);
        var isDone = isWhole && Interlocked.Increment(ref _downloads) >= _limit;
        Keep(service, isDone);
        if (isDone) service.Finish(StopReason.Downloaded);
    }

    private async Task<bool> SendAsync(HttpContext http, ServiceContext service, IContent content, DownloadCoverage coverage)
    {
        var chain = DownloadCoverage.ChainOf(http.Request);
        void Begun(ByteRange range)
        {
            coverage.Begin(chain, range);
            Keep(service, isDone: false);
        }

        return await SendAsync(http, service, content, Begun) is { } sent && coverage.Add(chain, sent);
    }

    // A share that is done begins anew when it is restored.
    private void Keep(ServiceContext service, bool isDone)
    {
        if (_coverage is null) return;
        service.KeepProgress(
            isDone ? null : string.Create(CultureInfo.InvariantCulture, $"{Volatile.Read(ref _downloads)} {_content.Content!.EntityTag}\n{_coverage.Write()}"));
    }

    private static bool Accepts(HttpContext http, ServiceContext service)
    {
        if (!service.IsDraining) return true;
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return false;
    }

    private static async Task<ContentSent?> SendAsync(HttpContext http, ServiceContext service, IContent content, Action<ByteRange>? begun = null)
    {
        using var log = new LoggedDownload(service, content.FileName) { Begun = begun };
        try
        {
            return await new ContentResponse(content) { Observer = log, Clock = service.Time }.SendAsync(http, service.Cut);
        }
        catch (ContentChangedException changed)
        {
            LoggedDownload.Warn(service, content.FileName, changed);
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            return null;
        }
    }

    private static async Task<bool> SendCompressedAsync(HttpContext http, ServiceContext service, CompressedZip zip)
    {
        http.Response.ContentType = zip.ContentType;
        http.Response.Headers.ContentDisposition = ContentDisposition.Attachment(zip.FileName);
        if (HttpMethods.IsHead(http.Request.Method)) return false;
        using var log = new LoggedDownload(service, zip.FileName);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted);
        log.Begin();
        try
        {
            var counted = new CountingStream(http.Response.Body, log.Progress);
            await zip.WriteToAsync(counted, cut.Token);
            await http.Response.CompleteAsync();
            cut.Token.ThrowIfCancellationRequested(); // writing to a visitor who is gone is no error to Kestrel
            log.Completed();
            return true;
        }
        catch (OperationCanceledException)
        {
            log.Cut();
            http.Abort();
        }
        catch (ContentChangedException changed)
        {
            log.Failed(changed);
            http.Abort();
        }

        return false;
    }
}
