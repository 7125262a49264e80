using Microsoft.Win32.SafeHandles;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>A regular file, opened, that was found to be inside the shared roots. Made by <see cref="SharedRoots"/>.</summary>
public sealed class ContainedFile : IContentReader, IDisposable
{
    private readonly SafeFileHandle _handle;

    internal ContainedFile(SafeFileHandle handle, string path, string realPath, FileStat stat)
    {
        _handle = handle;
        Path = path;
        RealPath = realPath;
        Stat = stat;
    }

    public string Path { get; }

    /// <summary>Where it was when it was opened, with no link left in the path.</summary>
    public string RealPath { get; }

    /// <summary>The state it was in when it was opened.</summary>
    public FileStat Stat { get; }

    /// <summary>
    /// Reads up to the buffer's length from <paramref name="offset"/> on; 0 only at the end. The file's state is looked at again after
    /// each read, so bytes of a file that has changed since it was opened are never handed over.
    /// </summary>
    /// <exception cref="ContentChangedException">It has changed, or can't be read.</exception>
    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var left = Stat.Length - offset;
        if (left <= 0 || buffer.Length == 0) return new ValueTask<int>(0);
        if (buffer.Length > left) buffer = buffer[..(int)left];

        // Unix has no asynchronous file reads: ReadAsync would only move the same read to another thread of the pool.
        return OperatingSystem.IsWindows()
            ? ReadOverlappedAsync(offset, buffer, cancellationToken)
            : new ValueTask<int>(Read(offset, buffer.Span));
    }

    public void Dispose() => _handle.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private int Read(long offset, Span<byte> buffer)
    {
        try
        {
            return Checked(RandomAccess.Read(_handle, buffer, offset));
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not ContentChangedException))
        {
            throw Unreadable(e);
        }
    }

    private async ValueTask<int> ReadOverlappedAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return Checked(await RandomAccess.ReadAsync(_handle, buffer, offset, cancellationToken));
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException and not ContentChangedException))
        {
            throw Unreadable(e);
        }
    }

    private int Checked(int count) =>
        count > 0 && NativeFiles.Current.Stat(_handle).HasBytesOf(Stat) ? count : throw Changed(Path);

    private ContentChangedException Unreadable(Exception cause) =>
        new($"'{RemoteText.Show(Path)}' can't be read any more: {cause.Message}", cause) { Path = Path };

    /// <summary>The failure of a file that is no longer what it was.</summary>
    internal static ContentChangedException Changed(string path) =>
        new($"'{RemoteText.Show(path)}' has changed since it was shared. Stop the share and start it again to offer it as it is now.") { Path = path };
}
