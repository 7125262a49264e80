using Microsoft.Win32.SafeHandles;
using OnionShare.Engine.Files;
using OnionShare.Engine.Modes.Receive.Encryption;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// A file on its way in. It is written under its partial name; only when it is whole and on the disk does it get its own. One buffer is
/// written while the next is filled, and the disk is kept busy from early on, so that the flush at the end has little left to do. With a seal it
/// is encrypted before anything of it is written; lengths and offsets are then those of what came, not of what lies on the disk. A digest is that of
/// what came, too.
/// </summary>
internal sealed class IncomingFile : IAsyncDisposable
{
    private const long FlushEvery = 128L << 20;
    private const long LargeFrom = 256 * 1024;
    private const int WritePiece = 128 * 1024;

    private readonly WriteBuffers _buffers;
    private readonly DiskFlush _disk;
    private readonly SafeFileHandle _handle;
    private readonly Seal? _seal;
    private readonly ContentDigest? _digest;
    private readonly byte[]? _plain;
    private byte[] _filling = WriteBuffers.RentSmall();
    private byte[]? _written;
    private int _filled;
    private long _handed;
    private long _safe;
    private long _flushAt;
    private Task _writing = Task.CompletedTask;
    private Task _flushing = Task.CompletedTask;
    private bool _closed;

    private IncomingFile(SafeFileHandle handle, long offset, WriteBuffers buffers, DiskFlush disk, Seal? seal, ContentDigest? digest)
    {
        (_handle, _handed, _safe, _buffers, _disk, _seal, _digest) = (handle, offset, offset, buffers, disk, seal, digest);
        _plain = seal is null ? null : WriteBuffers.RentSmall();
        _flushAt = offset + FlushEvery;
    }

    public long Length => _seal?.Length ?? _handed + _filled;

    /// <summary>How much of it the file system has.</summary>
    public long Written => _seal?.Length ?? Interlocked.Read(ref _safe);

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free => _plain ?? _filling.AsMemory(_filled);

    /// <summary>Creates the partial file, readable by this user only and executable by nobody.</summary>
    /// <exception cref="StorageException">It can't be created.</exception>
    public static IncomingFile Create(string path, WriteBuffers buffers, DiskFlush disk, Seal? seal, ContentDigest? digest) =>
        Open(path, FileMode.CreateNew, 0, buffers, disk, seal, digest);

    /// <summary>Opens a partial file to go on at <paramref name="offset"/>; what lies behind is cut off.</summary>
    /// <exception cref="StorageException">It can't be opened.</exception>
    public static IncomingFile Resume(string path, long offset, WriteBuffers buffers, DiskFlush disk, Seal? seal, ContentDigest? digest) =>
        Open(path, FileMode.Open, seal?.Stored ?? offset, buffers, disk, seal, digest);

    /// <summary>Takes the bytes that were put into <see cref="Free"/>.</summary>
    /// <exception cref="StorageException">The disk did not take them.</exception>
    public ValueTask AdvanceAsync(int count)
    {
        _digest?.Add(Free.Span[..count]);
        if (_seal is not null) return new ValueTask(PutAsync(_seal.Add(_plain.AsSpan(0, count))));
        _filled += count;
        return _filled == _filling.Length ? new ValueTask(HandOverAsync()) : ValueTask.CompletedTask;
    }

    /// <summary>Hands everything to the file system.</summary>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public async Task WriteAllAsync()
    {
        if (_filled > 0) await HandOverAsync();
        await Settled(_writing);
    }

    /// <summary>The file is whole: brings it to the disk, and closes it.</summary>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public async Task FinishAsync()
    {
        if (_seal is not null) await PutAsync(_seal.End());
        await WriteAllAsync();
        await Settled(_flushing);
        await _disk.RunAsync(() => RandomAccess.FlushToDisk(_handle));
        await CloseAsync();
    }

    /// <summary>Throws away what came in behind an offset that was written before.</summary>
    /// <exception cref="StorageException">The disk did not do it.</exception>
    public async Task CutBackAsync(long offset)
    {
        await WriteAllAsync();
        try
        {
            RandomAccess.SetLength(_handle, offset);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }

        _handed = offset;
        Interlocked.Exchange(ref _safe, offset);
    }

    /// <summary>Closes it; what came in stays under its partial name.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_closed) await WriteAllAsync();
        }
        catch (StorageException)
        {
            // The disk has taken what it could; whoever wrote has been told already, or has gone.
            _seal?.Break();
        }
        finally
        {
            await CloseAsync();
        }
    }

    private static IncomingFile Open(string path, FileMode mode, long offset, WriteBuffers buffers, DiskFlush disk, Seal? seal, ContentDigest? digest)
    {
        SafeFileHandle? handle = null;
        try
        {
            // File.OpenHandle takes no file mode, and a mode set afterwards would leave a moment in between.
            if (mode == FileMode.CreateNew) UserOnlyFile.CreateNew(path, FileShare.None).Dispose();
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (mode == FileMode.CreateNew) WebMark.Put(path);
            else CutTo(handle, offset);
            return new IncomingFile(handle, offset, buffers, disk, seal, digest);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            handle?.Dispose();
            seal?.Break();
            throw new StorageException(failure);
        }
    }

    private static void CutTo(SafeFileHandle handle, long offset)
    {
        if (RandomAccess.GetLength(handle) < offset) throw new IOException("A partial file has become shorter.");
        RandomAccess.SetLength(handle, offset);
    }

    private async Task PutAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, _filling.Length - _filled);
            bytes[..count].CopyTo(_filling.AsMemory(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == _filling.Length) await HandOverAsync();
        }
    }

    private async Task HandOverAsync()
    {
        await Settled(_writing);
        var (buffer, count, offset) = (_filling, _filled, _handed);
        _filling = Next(offset);
        _written = buffer;
        (_handed, _filled) = (offset + count, 0);
        _writing = WriteAsync(buffer, count, offset);
        if (_handed < _flushAt || !_flushing.IsCompleted) return;
        _flushAt = _handed + FlushEvery;
        await Settled(_flushing);
        _flushing = _disk.RunAsync(() => RandomAccess.FlushToDisk(_handle));
    }

    // In pieces as large as cat's: for larger ones Linux takes contiguous memory for its cache, which it may have to look for (ext4 since 6.16: once
    // measured three times slower at 256 KiB and more); smaller ones, 32 KiB, cost a tenth more processor time. One work item for all of them, so that
    // no piece waits for a thread.
    private Task WriteAsync(byte[] buffer, int count, long offset) => Task.Run(() =>
    {
        for (var done = 0; done < count; done += WritePiece)
        {
            var piece = buffer.AsSpan(done, Math.Min(WritePiece, count - done));
            RandomAccess.Write(_handle, piece, offset + done);
            Interlocked.Exchange(ref _safe, offset + done + piece.Length);
        }
    });

    // The buffer that was written last is free again; a long file goes over to large ones.
    private byte[] Next(long length)
    {
        var free = _written;
        if (length >= LargeFrom && (free?.Length ?? 0) < WriteBuffers.Large && _buffers.TryRentLarge() is { } large)
        {
            if (free is not null) _buffers.Return(free);
            return large;
        }

        return free ?? WriteBuffers.RentSmall();
    }

    private static async Task Settled(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    private async Task CloseAsync()
    {
        if (_closed) return;
        _closed = true;
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _flushing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handle.Dispose();
        _buffers.Return(_filling);
        if (_plain is not null) _buffers.Return(_plain);
        if (_written is not null) _buffers.Return(_written);
        _written = null;
    }
}
