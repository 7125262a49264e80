using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web;

/// <summary>Writes one download into a service's transfer log.</summary>
/// <param name="service">The service.</param>
/// <param name="name">What is downloaded.</param>
/// <param name="failed">Told why the content can't be had as it was promised.</param>
internal sealed class LoggedDownload(ServiceContext service, string name, Action<Exception> failed) : ITransferObserver, IDisposable
{
    private ActiveTransfer? _transfer;

    /// <summary>The SHA-256 of the whole, where it is known by then.</summary>
    public Func<byte[]?> Sha256 { get; init; } = static () => null;

    /// <summary>Told the transfer's number, and which part of the whole is about to be sent.</summary>
    public Action<long, ByteRange>? Begun { get; init; }

    public void Begin(long offset, long count, long total)
    {
        Begin(count, offset);
        if (_transfer is not null) Begun?.Invoke(_transfer.Snapshot.Id, new ByteRange(offset, count));
    }

    public void Begin() => Begin(null, 0);

    public void Progress(long bytes) => _transfer?.Report(bytes);

    public void Completed()
    {
        if (Sha256() is { } hash) _transfer?.Identify(Convert.ToHexStringLower(hash));
        _transfer?.Complete();
    }

    public void Cut() => _transfer?.Cancel();

    public void Failed(Exception cause)
    {
        _transfer?.Fail(cause.Message);
        failed(cause);
    }

    public void Dispose() => _transfer?.Dispose();

    private void Begin(long? count, long offset)
    {
        if (OwnVisits.IsHere) return;
        service.CountVisit();
        _transfer = service.Transfers.Begin(TransferDirection.Download, name, count, offset);
    }
}
