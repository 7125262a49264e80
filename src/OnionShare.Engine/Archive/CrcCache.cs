using System.IO.Hashing;

namespace OnionShare.Engine.Archive;

/// <summary>
/// How far the CRC of each file of an archive is known (APPNOTE 4.4.7), shared by all transfers of it. It is known of a file's beginning, so
/// whoever reads the byte after that can take it further, and what a broken transfer had got is not lost. Belongs to files in one state: their
/// readers notice when that has changed. Twelve bytes a file, and an object for each that has been read in part.
/// </summary>
internal sealed class CrcCache(int files)
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _long = new(1); // neither is waited on with a handle, so there is nothing to dispose
    private readonly SemaphoreSlim _short = new(1);
    private readonly long[] _covered = new long[files];
    private readonly uint[] _crc = new uint[files];
    private readonly Dictionary<int, Crc32> _halfRead = [];

    /// <summary>
    /// Held while a file is read for its CRC alone. One at a time: visitors who all ask for the end of a large archive must not make as many readers of
    /// all of it. Short files have a turn of their own, so that whoever just downloads does not wait for that.
    /// </summary>
    public SemaphoreSlim Turn(bool isShort) => isShort ? _short : _long;

    /// <summary>How many bytes of a file the CRC is known of, and that CRC.</summary>
    public (long Covered, uint Crc) this[int file]
    {
        get
        {
            lock (_lock) return (_covered[file], _crc[file]);
        }
    }

    /// <summary>Takes the CRC further if <paramref name="bytes"/>, found at <paramref name="offset"/>, hold the byte it stopped at.</summary>
    /// <param name="file">Which file.</param>
    /// <param name="length">Its whole length.</param>
    /// <param name="offset">Where in it the bytes are.</param>
    /// <param name="bytes">Some of it.</param>
    public void Extend(int file, long length, long offset, ReadOnlySpan<byte> bytes)
    {
        var end = offset + bytes.Length;
        Crc32? state;
        lock (_lock)
        {
            if (!Continues()) return;
            if (!_halfRead.TryGetValue(file, out state)) _halfRead.Add(file, state = new Crc32());
        }

        // One file's bytes go in one after the other; transfers of other files are not held up.
        lock (state)
        {
            long covered;
            lock (_lock)
            {
                // Another transfer may have been here and gone further meanwhile.
                if (!Continues()) return;
                covered = _covered[file];
            }

            state.Append(bytes[(int)(covered - offset)..]);
            lock (_lock)
            {
                (_covered[file], _crc[file]) = (end, state.GetCurrentHashAsUInt32());
                if (end == length) _halfRead.Remove(file);
            }
        }

        bool Continues() => _covered[file] >= offset && _covered[file] < end;
    }
}
