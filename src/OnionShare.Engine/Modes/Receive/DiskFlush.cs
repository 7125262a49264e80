namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// Flushes to the disk on threads of its own: a flush blocks its thread until the disk is done, and the thread pool, which answers
/// requests, must not wait for that. A few at a time, which a journalling file system does as one.
/// </summary>
internal sealed class DiskFlush : IDisposable
{
    private readonly SemaphoreSlim _slots = new(16);

    /// <summary>Runs something that blocks on the disk.</summary>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public async Task RunAsync(Action flush)
    {
        await ReadAsync(() =>
        {
            flush();
            return true;
        });
    }

    /// <summary>The same, of something that gives a value.</summary>
    /// <exception cref="StorageException">The disk did not do it.</exception>
    public async Task<T> ReadAsync<T>(Func<T> read)
    {
        await _slots.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();
}
