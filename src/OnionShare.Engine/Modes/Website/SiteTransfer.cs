using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>
/// Writes an answer into the transfer log if it is large enough for an operator to care, or if the operator cares for each. A file that changes
/// on the way is no fault of a site: the visitor sees a broken download and gets the new one when asking again.
/// </summary>
internal sealed class SiteTransfer(ServiceContext service, string path, bool includeVisits) : ITransferObserver, IDisposable
{
    /// <summary>Bytes from which on an answer is a transfer.</summary>
    public const long Threshold = 1024 * 1024;

    private ActiveTransfer? _transfer;

    public void Begin(long offset, long count, long total)
    {
        if (!OwnVisits.IsHere && (includeVisits || count >= Threshold)) _transfer = service.Transfers.Begin(TransferDirection.Download, path, count, offset);
    }

    /// <summary>Begins an answer of unknown length, made out of <paramref name="length"/> bytes.</summary>
    public void BeginUnknown(long length)
    {
        if (!OwnVisits.IsHere && (includeVisits || length >= Threshold)) _transfer = service.Transfers.Begin(TransferDirection.Download, path, null);
    }

    public void Progress(long bytes) => _transfer?.Report(bytes);

    public void Completed() => _transfer?.Complete();

    public void Cut() => _transfer?.Cancel();

    public void Failed(Exception cause) => _transfer?.Fail("The file changed while it was sent, or can't be read any more.");

    public void Dispose() => _transfer?.Dispose();
}
