using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Share;

/// <summary>Finds the SHA-256 of all that a share offers, behind its back: it starts and serves as if nothing were read.</summary>
internal sealed class ShareHashing(SharedTree tree, ShareContent content, ContentHashes hashes) : IAsyncDisposable
{
    // The time in which a service is published and its first visitor comes.
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Yield = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _ending = new();
    private Task _work = Task.CompletedTask;

    /// <summary>Completes when all has been read, or can't be.</summary>
    public Task Done => _work;

    /// <summary>The hash of the whole download; null while it is not known, and for one that is compressed on the way.</summary>
    public byte[]? Whole => content.Content is { } whole ? hashes.Find(whole.EntityTag) : null;

    /// <summary>The hash of a file; null while it is not known.</summary>
    public byte[]? Of(SharedEntry file) => hashes.Find(file.FullPath, file.Stat);

    public void Begin(ServiceContext service) => _work = Task.Run(() => WorkAsync(service));

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _work;
        _ending.Dispose();
    }

    private async Task WorkAsync(ServiceContext service)
    {
        try
        {
            await Task.Delay(Delay, service.Time, _ending.Token);
            if (content.Content is VirtualZip zip)
                await hashes.ReadAsync(zip, [.. zip.Entries.Where(one => !one.Entry.IsFolder).Select(one => (one.Offset, one.Entry.Length, one.Entry.FullPath, one.Entry.Stat))], Pause, _ending.Token);
            else
                foreach (var file in tree.Root.Descendants().Where(entry => !entry.IsFolder)) await ReadAsync(file, Pause);
        }
        catch (OperationCanceledException)
        {
            // The share has ended.
        }
        catch (ContentChangedException)
        {
            // A download of it fails, and that is told.
        }

        Task Pause() => service.Transfers.Active > 0 ? Task.Delay(Yield, _ending.Token) : Task.CompletedTask;
    }

    private async Task ReadAsync(SharedEntry file, Func<Task> pause)
    {
        var one = tree.ContentOf(file);
        await hashes.ReadAsync(one, [(0, file.Length, file.FullPath, file.Stat)], pause, _ending.Token);
    }
}
