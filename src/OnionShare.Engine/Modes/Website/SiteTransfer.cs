using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>
/// Writes an answer into the transfer log if it is large enough for an operator to care, or if the operator cares for each. A file that changes
/// on the way is no fault of a site: the visitor sees a broken download and gets the new one when asking again.
/// </summary>
/// <param name="service">The service.</param>
/// <param name="path">What is answered with.</param>
/// <param name="includeVisits">Whether small answers are transfers, too.</param>
/// <param name="announced">What tells the other requests of the same download (<see cref="DownloadReceipt.IdOf"/>); null when it is not known which they are.</param>
internal sealed class SiteTransfer(ServiceContext service, string path, bool includeVisits, string? announced) : ITransferObserver, IDisposable
{
    /// <summary>Bytes from which on an answer is a transfer.</summary>
    public const long Threshold = 1024 * 1024;

    private ILoggedPart? _part;

    public void Begin(long offset, long count, long total)
    {
        if (IsShown(announced is null ? count : total)) _part = service.Downloads.Begin(announced, path, offset, count, total);
    }

    /// <summary>Begins an answer of unknown length, made out of <paramref name="length"/> bytes.</summary>
    public void BeginUnknown(long length)
    {
        if (IsShown(length)) _part = service.Transfers.Begin(TransferDirection.Download, path, null);
    }

    public void Progress(long bytes) => _part?.Report(bytes);

    public void Completed() => _part?.Complete();

    public void Cut() => Dispose();

    public void Failed(Exception cause) => _part?.Fail("The file changed while it was sent, or can't be read any more.");

    public void Dispose() => _part?.Dispose();

    private bool IsShown(long length) => !OwnVisits.IsHere && (includeVisits || length >= Threshold);
}
