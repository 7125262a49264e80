using System.Buffers.Binary;

namespace OnionShare.Engine.Archive;

/// <summary>
/// The records of a zip file of stored entries (PKWARE APPNOTE 6.3.10), written from front to back into a buffer that is long enough.
/// </summary>
internal ref struct ZipRecords(Span<byte> buffer)
{
    public const int LocalHeaderFixed = 30, DescriptorSize = 16, DescriptorZip64Size = 24, CentralHeaderFixed = 46;
    public const int EndSize = 22, EndZip64Size = 56 + 20;
    public const int TimeExtraSize = 9, LocalZip64ExtraSize = 20;
    public const long Limit32 = 0xFFFFFFFF;
    public const int Limit16 = 0xFFFF;

    // APPNOTE 4.4.4: bit 3, the CRC follows the data; bit 11, names are UTF-8.
    private const ushort DescriptorFlag = 1 << 3, Utf8Flag = 1 << 11;

    // APPNOTE 4.4.3: 2.0 for folders, 4.5 for zip64. 4.4.2: made on unix (3), by 4.5 of the specification.
    private const ushort Version20 = 20, Version45 = 45, MadeBy = (3 << 8) | 45;
    private const ushort Zip64Extra = 0x0001, TimeExtra = 0x5455;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    public readonly int Length => _length;

    /// <summary>
    /// APPNOTE 4.3.7. The sizes are there even where the CRC is not: a reader that goes through the archive as it arrives could not tell
    /// where a stored entry ends without them.
    /// </summary>
    public void LocalHeader(in ZipItem item, uint crc, long localOffset)
    {
        var isZip64 = item.Length >= Limit32;
        Put32(0x04034B50);
        Put16(VersionNeeded(item.Length, localOffset));
        CommonFields(item);
        Put32(item.HasDescriptor ? 0 : crc);
        PutSizes(item.Length);
        Put16((ushort)item.Name.Length);
        Put16((ushort)((item.HasTime ? TimeExtraSize : 0) + (isZip64 ? LocalZip64ExtraSize : 0)));
        PutName(item.Name);
        if (isZip64)
        {
            // APPNOTE 4.5.3: in a local header both sizes are there. It also makes those of the descriptor 8 bytes long (4.3.9.2).
            Put16(Zip64Extra);
            Put16(16);
            Put64(item.Length);
            Put64(item.Length);
        }

        PutTime(item);
    }

    /// <summary>APPNOTE 4.3.9, with the signature that 4.3.9.3 asks writers for.</summary>
    public void Descriptor(long length, uint crc)
    {
        Put32(0x08074B50);
        Put32(crc);
        if (length >= Limit32)
        {
            Put64(length);
            Put64(length);
        }
        else
        {
            Put32((uint)length);
            Put32((uint)length);
        }
    }

    /// <summary>APPNOTE 4.3.12.</summary>
    public void CentralHeader(in ZipItem item, uint crc, long localOffset)
    {
        var hasLongSize = item.Length >= Limit32;
        var hasLongOffset = localOffset >= Limit32;
        Put32(0x02014B50);
        Put16(MadeBy);
        Put16(VersionNeeded(item.Length, localOffset));
        CommonFields(item);
        Put32(crc);
        PutSizes(item.Length);
        Put16((ushort)item.Name.Length);
        Put16((ushort)(CentralZip64Size(item.Length, localOffset) + (item.HasTime ? TimeExtraSize : 0)));
        Put16(0); // comment
        Put16(0); // disk
        Put16(0); // internal attributes
        Put32(item.Attributes);
        Put32((uint)Math.Min(localOffset, Limit32));
        PutName(item.Name);
        if (hasLongSize || hasLongOffset)
        {
            // APPNOTE 4.5.3: only what did not fit, in this order.
            Put16(Zip64Extra);
            Put16((ushort)(CentralZip64Size(item.Length, localOffset) - 4));
            if (hasLongSize)
            {
                Put64(item.Length);
                Put64(item.Length);
            }

            if (hasLongOffset) Put64(localOffset);
        }

        PutTime(item);
    }

    /// <summary>APPNOTE 4.3.14 and 4.3.15 where the numbers need them, and 4.3.16.</summary>
    public void End(int count, long centralOffset, long centralSize)
    {
        if (NeedsZip64End(count, centralOffset, centralSize))
        {
            Put32(0x06064B50);
            Put64(56 - 12);
            Put16(MadeBy);
            Put16(Version45);
            Put32(0); // this disk
            Put32(0); // disk of the directory
            Put64(count);
            Put64(count);
            Put64(centralSize);
            Put64(centralOffset);

            Put32(0x07064B50);
            Put32(0); // disk of the record above
            Put64(centralOffset + centralSize);
            Put32(1); // disks
        }

        Put32(0x06054B50);
        Put16(0);
        Put16(0);
        Put16((ushort)Math.Min(count, Limit16));
        Put16((ushort)Math.Min(count, Limit16));
        Put32((uint)Math.Min(centralSize, Limit32));
        Put32((uint)Math.Min(centralOffset, Limit32));
        Put16(0); // comment
    }

    /// <summary>Whether the end needs the records of APPNOTE 4.3.14: a number that fills its field means "look there".</summary>
    public static bool NeedsZip64End(int count, long centralOffset, long centralSize) =>
        count >= Limit16 || centralOffset >= Limit32 || centralSize >= Limit32;

    /// <summary>How long the zip64 field of a central header is.</summary>
    public static int CentralZip64Size(long length, long localOffset)
    {
        var fields = (length >= Limit32 ? 16 : 0) + (localOffset >= Limit32 ? 8 : 0);
        return fields == 0 ? 0 : 4 + fields;
    }

    // The same in both headers of an entry, or readers that compare them complain.
    private static ushort VersionNeeded(long length, long localOffset) =>
        length >= Limit32 || localOffset >= Limit32 ? Version45 : Version20;

    private void CommonFields(in ZipItem item)
    {
        Put16((ushort)(item.HasDescriptor ? Utf8Flag | DescriptorFlag : Utf8Flag));
        Put16(0); // stored
        Put32(item.DosTime);
    }

    private void PutSizes(long length)
    {
        Put32((uint)Math.Min(length, Limit32));
        Put32((uint)Math.Min(length, Limit32));
    }

    private void PutName(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_buffer[_length..]);
        _length += name.Length;
    }

    // Info-ZIP's extended timestamp: the time of modification, seconds since 1970, UTC.
    private void PutTime(in ZipItem item)
    {
        if (!item.HasTime) return;
        Put16(TimeExtra);
        Put16(5);
        _buffer[_length++] = 1;
        Put32((uint)(int)item.UnixTime);
    }

    private void Put16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[_length..], value);
        _length += sizeof(ushort);
    }

    private void Put32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer[_length..], value);
        _length += sizeof(uint);
    }

    private void Put64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer[_length..], value);
        _length += sizeof(long);
    }
}
