namespace OnionShare.Engine.Archive;

/// <summary>
/// How far the CRC of each file of an archive is known, shared by all transfers of it. It is known of a file's beginning, so whoever reads
/// the byte after that can take it further, and what a broken transfer had got is not lost. Belongs to files in one state: their
/// readers notice when that has changed. Twelve bytes a file.
/// </summary>
internal sealed class CrcCache(int files)
{
    private readonly Lock _lock = new();
    private readonly long[] _covered = new long[files];
    private readonly uint[] _crc = new uint[files];

    /// <summary>How many bytes of a file the CRC is known of, and that CRC.</summary>
    public (long Covered, uint Crc) this[int file]
    {
        get
        {
            lock (_lock) return (_covered[file], _crc[file]);
        }
    }

    /// <summary>Takes the CRC further if <paramref name="bytes"/>, found at <paramref name="offset"/>, hold the byte it stopped at.</summary>
    public void Extend(int file, long offset, ReadOnlySpan<byte> bytes)
    {
        var (covered, crc) = this[file];
        var end = offset + bytes.Length;
        if (covered < offset || covered >= end) return;

        crc = Crc32.Append(crc, bytes[(int)(covered - offset)..]);
        lock (_lock)
        {
            // Another transfer may have been here and gone further meanwhile.
            if (_covered[file] >= end) return;
            _covered[file] = end;
            _crc[file] = crc;
        }
    }
}
