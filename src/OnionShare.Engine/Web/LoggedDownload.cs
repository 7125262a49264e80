using OnionShare.Contracts;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web;

/// <summary>Writes one download into a service's transfer log.</summary>
internal sealed class LoggedDownload(ServiceContext service, string name) : ITransferObserver, IDisposable
{
    private ActiveTransfer? _transfer;

    /// <summary>Told which part of the whole is about to be sent.</summary>
    public Action<ByteRange>? Begun { get; init; }

    /// <inheritdoc/>
    public void Begin(long offset, long count, long total)
    {
        Begin(count, offset);
        Begun?.Invoke(new ByteRange(offset, count));
    }

    public void Begin() => Begin(null, 0);

    /// <inheritdoc/>
    public void Progress(long bytes) => _transfer?.Report(bytes);

    /// <inheritdoc/>
    public void Completed() => _transfer?.Complete();

    /// <inheritdoc/>
    public void Cut() => _transfer?.Cancel();

    /// <inheritdoc/>
    public void Failed(Exception cause)
    {
        _transfer?.Fail(cause.Message);
        Warn(service, name, cause);
    }

    /// <inheritdoc/>
    public void Dispose() => _transfer?.Dispose();

    /// <summary>Tells the operator that something can't be downloaded as it was promised.</summary>
    public static void Warn(ServiceContext service, string name, Exception cause) => service.Warn(cause is ContentChangedException
        ? $"A download of {RemoteText.Show(name)} failed: {RemoteText.Show(cause.Message)} Stop the service and share it again."
        : $"A download of {RemoteText.Show(name)} failed: {RemoteText.Show(cause.Message)}");

    private void Begin(long? count, long offset)
    {
        service.CountVisit();
        _transfer = service.Transfers.Begin(TransferDirection.Download, name, count, offset);
    }
}
