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
    private DownloadRange? _range;

    /// <summary>What tells the other requests of the same download (<see cref="DownloadReceipt.IdOf"/>); null when it is not known which they are.</summary>
    public string? Announced { get; init; }

    /// <summary>The SHA-256 of the whole, where it is known by then.</summary>
    public Func<byte[]?> Sha256 { get; init; } = static () => null;

    /// <summary>Told the transfer's number, and which part of the whole is about to be sent.</summary>
    public Action<long, ByteRange>? Begun { get; init; }

    public void Begin(long offset, long count, long total)
    {
        if (OwnVisits.IsHere) return;
        if (Announced is not null) _range = service.Downloads.Begin(Announced, name, offset, count, total);
        else _transfer = service.Transfers.Begin(TransferDirection.Download, name, count, offset);
        if (_range is null or { IsFirst: true }) service.CountVisit();
        Begun?.Invoke(_range?.Transfer ?? _transfer!.Snapshot.Id, new ByteRange(offset, count));
    }

    /// <summary>Content of unknown length is about to be sent.</summary>
    public void Begin()
    {
        if (OwnVisits.IsHere) return;
        service.CountVisit();
        _transfer = service.Transfers.Begin(TransferDirection.Download, name, null);
    }

    public void Progress(long bytes)
    {
        _transfer?.Report(bytes);
        _range?.Report(bytes);
    }

    public void Completed()
    {
        if (Sha256() is { } hash)
        {
            _transfer?.Identify(Convert.ToHexStringLower(hash));
            _range?.Identify(Convert.ToHexStringLower(hash));
        }

        _transfer?.Complete();
        _range?.Dispose();
    }

    public void Cut() => Dispose();

    public void Failed(Exception cause)
    {
        _transfer?.Fail(cause.Message);
        _range?.Fail(cause.Message);
        failed(cause);
    }

    public void Dispose()
    {
        _transfer?.Dispose();
        _range?.Dispose();
    }
}
