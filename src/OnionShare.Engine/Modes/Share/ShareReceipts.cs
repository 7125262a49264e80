using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Share;

/// <summary>
/// The downloads of programs that will tell when they have read to the end. Until that comes a download that was handed over does not count; if it never
/// comes, what was handed over is all there is to go by. Bounded: the oldest is forgotten.
/// </summary>
internal sealed class ShareReceipts(ServiceContext service, Action count)
{
    /// <summary>Downloads remembered.</summary>
    public const int Most = 256;

    /// <summary>How long a receipt is waited for once the last byte has been handed over: over a slow circuit that byte takes a while.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Announced> _known = [];

    /// <summary>A transfer of an announced download began.</summary>
    public void Began(string id, long transfer)
    {
        lock (_lock) Remember(id).Transfers.Add(transfer);
    }

    public void HandedOver(string id)
    {
        Announced download;
        lock (_lock)
        {
            download = Remember(id);
            download.IsHandedOver = true;
            if (!download.IsConfirmed) _ = WaitAsync(download);
        }

        if (download.IsConfirmed) Settle(download);
    }

    /// <summary>
    /// A receipt came. It never stands for bytes that were not handed over: the hash is no secret to whoever has the password. One that comes before the
    /// last range is known to be over counts as soon as it is.
    /// </summary>
    /// <returns>False when no download of that name began.</returns>
    public bool Confirm(string id)
    {
        Announced? download;
        lock (_lock)
        {
            if (!_known.TryGetValue(id, out download)) return false;
            download.IsConfirmed = true;
            if (!download.IsHandedOver) return true;
        }

        Settle(download);
        return true;
    }

    public bool IsConfirmed(string id)
    {
        lock (_lock) return _known.TryGetValue(id, out var download) && download.IsConfirmed;
    }

    private void Settle(Announced download)
    {
        long[] transfers;
        lock (_lock) transfers = [.. download.Transfers];
        foreach (var transfer in transfers) service.Transfers.Verify(transfer);
        Count(download);
    }

    private Announced Remember(string id)
    {
        if (_known.TryGetValue(id, out var download)) return download;
        if (_known.Count >= Most) _known.Remove(_known.MinBy(one => one.Value.Since).Key);
        _known.Add(id, download = new Announced(service.Time.GetTimestamp()));
        return download;
    }

    // It holds the download itself: one that is forgotten meanwhile, because others began, counts all the same.
    private async Task WaitAsync(Announced download)
    {
        try
        {
            await Task.Delay(Patience, service.Time, service.Draining);
        }
        catch (OperationCanceledException)
        {
            return; // the share ends anyway
        }

        Count(download);
    }

    private void Count(Announced download)
    {
        lock (_lock)
        {
            if (download.IsCounted) return;
            download.IsCounted = true;
        }

        count();
    }

    private sealed class Announced(long since)
    {
        public long Since { get; } = since;

        public HashSet<long> Transfers { get; } = [];

        public bool IsHandedOver { get; set; }

        public bool IsConfirmed { get; set; }

        public bool IsCounted { get; set; }
    }
}
