using System.Globalization;
using System.Runtime.CompilerServices;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Share;

/// <summary>The whole of a share as one download, and the rule that ends a share when it has been downloaded.</summary>
public sealed class ShareDownload : IDisposable
{
    private readonly ServiceContext _service;
    private readonly ChangedFiles _changed;
    private readonly LastRanges _last = new();
    private readonly ShareContent _content;
    private readonly ShareHashing _hashing;
    private readonly DownloadCoverage? _coverage;
    private readonly int _limit;
    private ShareReceipts? _receipts;
    private readonly StrongBox<int> _downloads;
    private readonly CancellationToken _cut;
    private volatile bool _isOver;

    /// <summary>The download of all that is in the tree.</summary>
    /// <param name="tree">What is shared.</param>
    /// <param name="content">The whole of it.</param>
    /// <param name="hashing">What finds its hashes.</param>
    /// <param name="request">How.</param>
    /// <param name="service">For whom; it tells how far visitors were with the same bytes when it last ran (<see cref="ServiceContext.Progress"/>).</param>
    /// <param name="downloads">Complete downloads so far, those of what was offered before included.</param>
    /// <param name="isFirst">Whether nothing was offered before in this run.</param>
    /// <param name="cut">Cancelled when downloads under way must end, because what they are of is not offered any more.</param>
    internal ShareDownload(
        SharedTree tree, ShareContent content, ShareHashing hashing, ShareRequest request, ServiceContext service, StrongBox<int> downloads, bool isFirst, CancellationToken cut)
    {
        (_downloads, _cut) = (downloads, cut);
        (_content, _hashing) = (content, hashing);
        _service = service;
        _changed = new ChangedFiles(tree, service);
        _limit = request.MaxDownloads ?? (request.KeepSharing ? int.MaxValue : 1);
        if (content.Content is not { } whole) return;
        _coverage = new DownloadCoverage(whole.Length);
        if (!isFirst) return;
        if (service.Progress?.Split('\n', 2) is not [var head, var chains] || head.Split(' ', 2) is not [var count, var tag] || tag != whole.EntityTag) return;
        _downloads.Value = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var done) && done < _limit ? done : 0;
        _coverage.Read(chains);
    }

    public string FileName => _content.FileName;

    /// <summary>Its size; null when it is not known beforehand.</summary>
    public long? Length => _content.Content?.Length;

    /// <summary>Its SHA-256; null while it is not known.</summary>
    public byte[]? Sha256 => _hashing.Whole;

    /// <summary>A file that is no longer what is offered, so that the whole can't be had; null when there is none, as far as is known.</summary>
    public SharedEntry? Changed => _changed.First();

    /// <returns>False when it is not what is offered any more and nothing was sent.</returns>
    public async Task<bool> SendFileAsync(HttpContext http, SharedEntry file, IContent content)
    {
        if (_service.IsDraining)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return true;
        }

        return await SendAsync(http, content, () => _hashing.Of(file)) is not null;
    }

    /// <summary>Sends the whole.</summary>
    /// <returns>False when it can't be had any more and nothing was sent; <see cref="Changed"/> tells the file.</returns>
    public async Task<bool> SendAsync(HttpContext http)
    {
        if (OwnVisits.IsHere && !_service.IsDraining) return await ShowAsync(http);
        var announced = DownloadReceipt.IdOf(http.Request);
        var chain = announced ?? DownloadCoverage.ChainOf(http.Request);
        var isRange = http.Request.Headers.Range.Count > 0;
        using var turn = _service.IsDraining ? null : _last.TryEnter(chain, isRange);
        if (turn is null)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return true;
        }

        if (Changed is not null) return false;
        bool isWhole;
        if (_content.Content is { } content)
        {
            void Begun(long transfer, ByteRange range)
            {
                if (announced is not null) Receipts.Began(announced, transfer);
                _coverage!.Begin(chain, range);
                Keep();
            }

            if (await SendAsync(http, content, () => Sha256, Begun) is not { } sent) return false;
            isWhole = _coverage!.Add(chain, sent) || (announced is not null && Receipts.IsConfirmed(announced) && _coverage.Believe(chain));
            if (isWhole && announced is not null)
            {
                Keep();
                HandedOver(announced);
                return true;
            }
        }
        else
        {
            isWhole = await SendCompressedAsync(http, _content.Compressed!);
        }

        if (isWhole) Count(isRange ? chain : null);
        else Keep();
        return true;
    }

    /// <summary>Takes the word of a visitor's program that the whole has arrived.</summary>
    public Task TakeReceiptAsync(HttpContext http)
    {
        http.Response.StatusCode = !DownloadReceipt.TryRead(http.Request, out var receipt) ? StatusCodes.Status400BadRequest
            : _content.Content is not { } content || receipt.EntityTag != content.EntityTag ? StatusCodes.Status412PreconditionFailed
            : Judge(receipt, content);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _isOver = true;
        _last.Dispose();
    }

    // Whoever shares looks whether it can be had. That is no download, and no step towards one.
    private async Task<bool> ShowAsync(HttpContext http)
    {
        if (Changed is not null) return false;
        if (_content.Content is { } content) return await SendAsync(http, content, () => Sha256) is not null;
        await SendCompressedAsync(http, _content.Compressed!);
        return true;
    }

    // A share that is done begins anew when it is restored.
    private void Keep()
    {
        if (_coverage is null || _isOver) return;
        var downloads = Volatile.Read(ref _downloads.Value);
        _service.KeepProgress(
            downloads >= _limit ? null : string.Create(CultureInfo.InvariantCulture, $"{downloads} {_content.Content!.EntityTag}\n{_coverage.Write()}"));
    }

    private ShareReceipts Receipts => LazyInitializer.EnsureInitialized(ref _receipts, () => new ShareReceipts(_service, () => Count(null)));

    private void HandedOver(string announced)
    {
        _service.Downloads.Complete(announced, FileName);
        Receipts.HandedOver(announced);
    }

    private int Judge(DownloadReceipt receipt, IContent content)
    {
        var known = Sha256;
        if (receipt.Bytes == content.Length && (known is null || known.AsSpan().SequenceEqual(receipt.Sha256)))
        {
            if (!Receipts.Confirm(receipt.Id)) return StatusCodes.Status404NotFound;
            // Of a range that was cut it may not be known how much of its last block got out.
            if (_coverage!.Believe(receipt.Id)) HandedOver(receipt.Id);
            return StatusCodes.Status204NoContent;
        }

        _service.Warn($"What a visitor has got of {RemoteText.Show(content.FileName)} is not what was sent: it does not count as a download.");
        return StatusCodes.Status409Conflict;
    }

    // The late ranges of a chain are still sent before the end.
    private void Count(string? chain)
    {
        var isDone = Interlocked.Increment(ref _downloads.Value) >= _limit;
        Keep();
        if (isDone && chain is not null) _last.Begin(chain, _service);
        else if (isDone) _service.Finish(StopReason.Downloaded);
    }

    private async Task<ContentSent?> SendAsync(HttpContext http, IContent content, Func<byte[]?> hash, Action<long, ByteRange>? begun = null)
    {
        using var log = Log(content.FileName, hash, begun, DownloadReceipt.IdOf(http.Request));
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_service.Cut, _cut);
        try
        {
            return await new ContentResponse(content) { Observer = log, Clock = _service.Time, Sha256 = hash() }.SendAsync(http, cut.Token);
        }
        catch (ContentChangedException changed)
        {
            _changed.Add(content.FileName, changed);
            return null;
        }
    }

    private LoggedDownload Log(string name, Func<byte[]?> hash, Action<long, ByteRange>? begun = null, string? announced = null) =>
        new(_service, name, cause => _changed.Add(name, cause)) { Sha256 = hash, Begun = begun, Announced = announced };

    private async Task<bool> SendCompressedAsync(HttpContext http, CompressedZip zip)
    {
        http.Response.ContentType = zip.ContentType;
        http.Response.Headers.ContentDisposition = ContentDisposition.Attachment(zip.FileName);
        if (HttpMethods.IsHead(http.Request.Method)) return false;
        using var log = Log(zip.FileName, static () => null);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(_service.Cut, _cut, http.RequestAborted);
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
