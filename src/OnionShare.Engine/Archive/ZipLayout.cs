using OnionShare.Engine.Files;

namespace OnionShare.Engine.Archive;

/// <summary>What a byte of an archive belongs to.</summary>
internal enum ZipPart
{
    LocalHeader,
    Content,
    Descriptor,
    CentralHeader,
    End,
}

/// <summary>A place in an archive: offset <paramref name="Offset"/> of the <paramref name="Length"/> bytes of a part of an entry.</summary>
internal readonly record struct ZipPlace(ZipPart Part, int Entry, long Offset, long Length);

/// <summary>
/// Where everything is in an archive of stored entries. All lengths follow from names and sizes, so it is known before a byte is read;
/// two numbers an entry are kept, the records themselves are made when they are asked for.
/// </summary>
internal sealed class ZipLayout
{
    private readonly SharedEntry[] _entries;

    // Where an entry's local header and central header start; one more at the end, where the next part starts.
    private readonly long[] _local;
    private readonly long[] _central;

    public ZipLayout(SharedEntry root)
    {
        _entries = [.. root.Descendants()];
        _local = new long[_entries.Length + 1];
        _central = new long[_entries.Length + 1];
        var names = new ushort[_entries.Length];
        for (var i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            names[i] = NameLength(entry);
            LongestName = Math.Max(LongestName, names[i]);
            _local[i + 1] = _local[i] + ZipItem.LocalHeaderSize(entry, names[i])
                + (entry.IsFolder ? 0 : entry.Length) + ZipItem.DescriptorSize(entry);
        }

        _central[0] = _local[^1];
        for (var i = 0; i < _entries.Length; i++)
            _central[i + 1] = _central[i] + ZipItem.CentralHeaderSize(_entries[i], names[i], _local[i]);
        Length = _central[^1] + EndLength;
    }

    public ReadOnlySpan<SharedEntry> Entries => _entries;

    public long Length { get; }

    /// <summary>The length of the longest name in UTF-8.</summary>
    public int LongestName { get; }

    public long CentralOffset => _central[0];
    public long CentralSize => _central[^1] - _central[0];

    private int EndLength =>
        ZipRecords.EndSize + (ZipRecords.NeedsZip64End(_entries.Length, CentralOffset, CentralSize) ? ZipRecords.EndZip64Size : 0);

    public long LocalOffset(int entry) => _local[entry];

    public long ContentOffset(int entry) =>
        _local[entry + 1] - ZipItem.DescriptorSize(_entries[entry]) - (_entries[entry].IsFolder ? 0 : _entries[entry].Length);

    /// <summary>What is at an offset from 0 up to <see cref="Length"/>.</summary>
    public ZipPlace Locate(long offset)
    {
        if (offset >= _central[^1]) return new ZipPlace(ZipPart.End, -1, offset - _central[^1], EndLength);
        if (offset >= _central[0])
        {
            var at = Search(_central, offset);
            return new ZipPlace(ZipPart.CentralHeader, at, offset - _central[at], _central[at + 1] - _central[at]);
        }

        var i = Search(_local, offset);
        var entry = _entries[i];
        var contentLength = entry.IsFolder ? 0 : entry.Length;
        var descriptorLength = ZipItem.DescriptorSize(entry);
        var headerLength = _local[i + 1] - _local[i] - contentLength - descriptorLength;
        var within = offset - _local[i];
        if (within < headerLength) return new ZipPlace(ZipPart.LocalHeader, i, within, headerLength);
        within -= headerLength;
        return within < contentLength
            ? new ZipPlace(ZipPart.Content, i, within, contentLength)
            : new ZipPlace(ZipPart.Descriptor, i, within - contentLength, descriptorLength);
    }

    // The last entry that starts at the offset or before it; no two start at one place.
    private static int Search(long[] starts, long offset)
    {
        var found = Array.BinarySearch(starts, offset);
        return found >= 0 ? found : ~found - 1;
    }

    private static ushort NameLength(SharedEntry entry)
    {
        var length = ZipItem.NameLengthOf(entry);
        if (length <= ZipRecords.Limit16) return (ushort)length;
        throw new ProblemException(
            ProblemCodes.PathNotShareable,
            $"'{RemoteText.Show(entry.RelativePath)}' is too long a path for a zip file, which takes 65,535 bytes.",
            "Shorten the names of the folders it is in, or share it on its own.", entry.FullPath);
    }
}
