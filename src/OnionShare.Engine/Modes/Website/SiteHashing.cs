using System.Threading.Channels;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Website;

/// <summary>Finds the SHA-256 of a site's files, one after the other, once somebody has asked what there is.</summary>
internal sealed class SiteHashing : IAsyncDisposable
{
    private const int Backlog = 100_000;
    private static readonly TimeSpan Yield = TimeSpan.FromMilliseconds(20);

    private readonly Site _site;
    private readonly ContentHashes _hashes;
    private readonly ServiceContext _service;
    private readonly Channel<string> _wanted = Channel.CreateBounded<string>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _work;

    public SiteHashing(Site site, ContentHashes hashes, ServiceContext service)
    {
        (_site, _hashes, _service) = (site, hashes, service);
        _work = Task.Run(WorkAsync);
    }

    /// <summary>The hash of a file in that state; null while it is not known.</summary>
    public byte[]? Find(string path, in FileStat stat) => _hashes.Find(path, stat);

    /// <summary>Asks for the hash of a file, by its path on the site.</summary>
    public void Want(string sitePath) => _wanted.Writer.TryWrite(sitePath);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _work;
        _ending.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var path in _wanted.Reader.ReadAllAsync(_ending.Token)) await ReadAsync(path);
        }
        catch (OperationCanceledException)
        {
            // The site is taken down.
        }
    }

    private async Task ReadAsync(string sitePath)
    {
        var place = _site.Find(sitePath);
        using var file = place.File;
        if (place.Outcome != SiteOutcome.File) return;
        var content = new OpenedFile(file!, "", "site " + place.Path);
        try
        {
            await _hashes.ReadAsync(content, [(0, file!.Stat.Length, place.Path!, file.Stat)], Pause, _ending.Token);
        }
        catch (ContentChangedException)
        {
            // It has no hash then; who asks again gets that of the new file.
        }
    }

    private Task Pause() => _service.Transfers.Active > 0 ? Task.Delay(Yield, _ending.Token) : Task.CompletedTask;
}
