using System.Buffers;
using System.Text;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Archive;

/// <summary>
/// One transfer of a <see cref="VirtualZip"/>: at most one file open, bytes of files read straight into the caller's buffer.
/// </summary>
internal sealed class VirtualZipReader(SharedRoots roots, ZipLayout layout, CrcCache crcs) : IContentReader
{
    private const int BlockSize = 256 * 1024;
    private const int RecordSize = 256; // more than any record is long, without its name
    private readonly byte[] _record = ArrayPool<byte>.Shared.Rent(layout.LongestName + RecordSize);
    private ContainedFile? _file;
    private int _fileEntry = -1;
    private bool _isDisposed;

    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var filled = 0;
        while (filled < buffer.Length && offset + filled < layout.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var place = layout.Locate(offset + filled);
            filled += place.Part == ZipPart.Content
                ? await ReadContentAsync(place, buffer[filled..], cancellationToken)
                : Copy(place, await RecordAsync(place, cancellationToken), buffer.Span[filled..]);
        }

        return filled;
    }

    public ValueTask DisposeAsync()
    {
        if (_isDisposed) return ValueTask.CompletedTask;
        _isDisposed = true;
        _file?.Dispose();
        ArrayPool<byte>.Shared.Return(_record);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<int> ReadContentAsync(ZipPlace place, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await Turn(place.Entry).ReadAsync(place.Offset, buffer, cancellationToken);
        crcs.Extend(place.Entry, layout.Entries[place.Entry].Length, place.Offset, buffer.Span[..count]);
        return count;
    }

    private ContainedFile Turn(int entry)
    {
        if (_fileEntry == entry) return _file!;
        _file?.Dispose();
        (_file, _fileEntry) = (null, -1);
        (_file, _fileEntry) = (Open(entry), entry);
        return _file;
    }

    private ContainedFile Open(int entry) => roots.OpenAsSeen(layout.Entries[entry].FullPath, layout.Entries[entry].Stat);

    private static int Copy(ZipPlace place, ReadOnlySpan<byte> record, Span<byte> buffer)
    {
        var count = (int)Math.Min(place.Length - place.Offset, buffer.Length);
        record.Slice((int)place.Offset, count).CopyTo(buffer);
        return count;
    }

    private async ValueTask<byte[]> RecordAsync(ZipPlace place, CancellationToken cancellationToken)
    {
        var crc = NeedsCrc(place) ? await CrcAsync(place.Entry, place.Part, cancellationToken) : 0;
        Render(place, crc);
        return _record;
    }

    private bool NeedsCrc(in ZipPlace place) =>
        place.Part is ZipPart.Descriptor or ZipPart.CentralHeader
        || (place.Part == ZipPart.LocalHeader && layout.Entries[place.Entry] is { IsFolder: false, Length: > 0 and <= ZipItem.LongestWithoutDescriptor });

    private void Render(ZipPlace place, uint crc)
    {
        var records = new ZipRecords(_record);
        if (place.Part == ZipPart.End)
        {
            records.End(layout.Entries.Length, layout.CentralOffset, layout.CentralSize);
            return;
        }

        var entry = layout.Entries[place.Entry];
        if (place.Part == ZipPart.Descriptor)
        {
            records.Descriptor(entry.Length, crc);
            return;
        }

        var item = new ZipItem(entry, Encoding.UTF8.GetBytes(ZipItem.NameOf(entry)));
        if (place.Part == ZipPart.LocalHeader) records.LocalHeader(item, crc, layout.LocalOffset(place.Entry));
        else records.CentralHeader(item, crc, layout.LocalOffset(place.Entry));
    }

    // A transfer that came by all of a file's bytes has its CRC; one that is not there yet, or starts in the middle, has to have them read first.
    private async ValueTask<uint> CrcAsync(int entry, ZipPart part, CancellationToken cancellationToken)
    {
        var length = layout.Entries[entry].IsFolder ? 0 : layout.Entries[entry].Length;
        var (covered, crc) = crcs[entry];
        if (covered == length) return crc;

        // The bytes of a file follow its header: it stays open for them, and a small one costs one read more.
        if (part == ZipPart.LocalHeader && length <= BlockSize) return await CompleteCrcAsync(entry, length, Turn(entry), cancellationToken);

        var turn = crcs.Turn(isShort: part == ZipPart.LocalHeader);
        await turn.WaitAsync(cancellationToken);
        try
        {
            using var file = Open(entry);
            return await CompleteCrcAsync(entry, length, file, cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<uint> CompleteCrcAsync(int entry, long length, ContainedFile file, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            while (crcs[entry].Covered is var covered && covered < length)
            {
                var count = await file.ReadAsync(covered, block.AsMemory(0, BlockSize), cancellationToken);
                crcs.Extend(entry, length, covered, block.AsSpan(0, count));
            }

            return crcs[entry].Crc;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
