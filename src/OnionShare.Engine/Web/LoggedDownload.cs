using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web;

/// <summary>Writes one download into a service's transfer log.</summary>
/// <param name="service">The service.</param>
/// <param name="name">What is downloaded.</param>
/// <param name="failed">Told why the content can't be had as it was promised.</param>
internal sealed class LoggedDownload(ServiceContext service, string name, Action<Exception> failed) : ITransferObserver, IDisposable
{
    private ILoggedPart? _part;

    /// <summary>What tells the other requests of the same download (<see cref="DownloadReceipt.IdOf"/>); null when it is not known which they are.</summary>
    public string? Announced { get; init; }

    /// <summary>The SHA-256 of the whole, where it is known by then.</summary>
    public Func<byte[]?> Sha256 { get; init; } = static () => null;

    /// <summary>Told the transfer's number, and which part of the whole is about to be sent.</summary>
    public Action<long, ByteRange>? Begun { get; init; }

    public void Begin(long offset, long count, long total)
    {
        if (OwnVisits.IsHere) return;
        _part = service.Downloads.Begin(Announced, name, offset, count, total);
        if (_part.IsFirst) service.CountVisit();
        Begun?.Invoke(_part.Transfer, new ByteRange(offset, count));
    }

    /// <summary>Content of unknown length is about to be sent.</summary>
    public void Begin()
    {
        if (OwnVisits.IsHere) return;
        service.CountVisit();
        _part = service.Transfers.Begin(TransferDirection.Download, name, null);
    }

    public void Progress(long bytes) => _part?.Report(bytes);

    public void Completed()
    {
        if (Sha256() is { } hash) _part?.Identify(Convert.ToHexStringLower(hash));
        _part?.Complete();
    }

    public void Cut() => Dispose();

    public void Failed(Exception cause)
    {
        _part?.Fail(cause.Message);
        failed(cause);
    }

    public void Dispose() => _part?.Dispose();
}
