namespace OnionShare.Engine.Services;

/// <summary>
/// Downloads whose requests say that they belong together, each shown as one transfer however many ranges and circuits it comes over. It is over when all
/// of the content was handed over, or when nothing has been asked for for <see cref="Quiet"/>; one that comes back after that is another transfer, which
/// says how much was there before. Late ranges of one that is whole are no other. Bounded: the one longest without a request is forgotten.
/// </summary>
public sealed class RangedDownloads
{
    /// <summary>Downloads remembered.</summary>
    public const int Most = 256;

    /// <summary>How long a download may pause, as while a lost circuit is replaced.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly TransferLog _transfers;
    private readonly TimeProvider _time;
    private readonly CancellationToken _draining;
    private readonly Lock _lock = new();
    private readonly OrderedDictionary<(string Id, string Name), RangedDownload> _known = [];

    internal RangedDownloads(TransferLog transfers, TimeProvider time, CancellationToken draining)
    {
        (_transfers, _time, _draining) = (transfers, time, draining);
        draining.Register(EndQuiet);
    }

    /// <summary>A download begins, or a range of it.</summary>
    /// <param name="id">The download, as the one who downloads calls it; null when it is not known which requests belong together: then it is one of its own.</param>
    /// <param name="name">What is downloaded.</param>
    /// <param name="start">Its first byte's place in the whole.</param>
    /// <param name="count">Its bytes.</param>
    /// <param name="total">The bytes of the whole.</param>
    internal ILoggedPart Begin(string? id, string name, long start, long count, long total)
    {
        if (id is null) return _transfers.Begin(TransferDirection.Download, name, count, start);
        lock (_lock)
        {
            if (!_known.Remove((id, name), out var download) || download.Total != total)
            {
                if (_known.Count >= Most) _known.RemoveAt(0);
                download = new RangedDownload(_transfers, _time, name, total, _draining);
            }

            _known.Add((id, name), download);
            return download.Begin(start, count);
        }
    }

    /// <summary>All of a download was handed over, as far as can be known.</summary>
    internal void Complete(string id, string name)
    {
        RangedDownload? download;
        lock (_lock) download = _known.GetValueOrDefault((id, name));
        download?.Complete();
    }

    // Whoever waits for the end of all transfers must not wait for what has nobody at it.
    private void EndQuiet()
    {
        RangedDownload[] known;
        lock (_lock) known = [.. _known.Values];
        foreach (var download in known) download.EndQuiet();
    }
}
