using System.Text;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Archive;

/// <summary>What an archive says of one entry, the same in each of its records.</summary>
internal readonly ref struct ZipItem
{
    /// <summary>
    /// The longest file whose CRC stands before its bytes. Readers that take an archive as it arrives (Java's ZipInputStream, npm's unzipper)
    /// refuse a stored entry whose CRC only follows; of a longer file they have to, since nobody is to wait until all of it has been read.
    /// </summary>
    public const long LongestWithoutDescriptor = 64 * 1024 * 1024;

    private const uint RegularFile = 0x8000, Folder = 0x4000, DosFolder = 0x10;

    /// <summary>An entry and its name in the archive, in UTF-8; a folder's ends with a slash (APPNOTE 4.4.17).</summary>
    public ZipItem(SharedEntry entry, ReadOnlySpan<byte> name)
    {
        Name = name;
        Length = entry.IsFolder ? 0 : entry.Length;
        UnixTime = entry.LastModified.ToUnixTimeSeconds();
        DosTime = DosTimeOf(entry.LastModified);
        Attributes = AttributesOf(entry);
    }

    public ReadOnlySpan<byte> Name { get; }

    public long Length { get; }

    /// <summary>Whether the CRC follows the bytes (APPNOTE 4.3.9).</summary>
    public bool HasDescriptor => Length > LongestWithoutDescriptor;

    /// <summary>Whether the time fits into the extended timestamp's 32 bits.</summary>
    public bool HasTime => UnixTime is >= int.MinValue and <= int.MaxValue;

    public long UnixTime { get; }

    /// <summary>APPNOTE 4.4.6: the date in the upper half. UTC: it neither gives the sharer's time zone away nor differs after a move.</summary>
    public uint DosTime { get; }

    /// <summary>APPNOTE 4.4.15: the unix mode in the upper half, as on unix; DOS's bit for folders in the lower.</summary>
    public uint Attributes { get; }

    public static uint AttributesOf(SharedEntry entry) =>
        ((entry.IsFolder ? Folder : RegularFile) | (uint)entry.Mode) << 16 | (entry.IsFolder ? DosFolder : 0);

    public static int LocalHeaderSize(SharedEntry entry, int nameLength) =>
        ZipRecords.LocalHeaderFixed + nameLength + TimeSize(entry)
            + (!entry.IsFolder && entry.Length >= ZipRecords.Limit32 ? ZipRecords.LocalZip64ExtraSize : 0);

    public static int CentralHeaderSize(SharedEntry entry, int nameLength, long localOffset) =>
        ZipRecords.CentralHeaderFixed + nameLength + TimeSize(entry)
            + ZipRecords.CentralZip64Size(entry.IsFolder ? 0 : entry.Length, localOffset);

    /// <summary>The length of the data descriptor, 0 where there is none.</summary>
    public static int DescriptorSize(SharedEntry entry) =>
        entry.IsFolder || entry.Length <= LongestWithoutDescriptor ? 0
            : entry.Length >= ZipRecords.Limit32 ? ZipRecords.DescriptorZip64Size : ZipRecords.DescriptorSize;

    /// <summary>The name in the archive: the path below the shared root.</summary>
    public static string NameOf(SharedEntry entry) => entry.IsFolder ? entry.ArchivePath + "/" : entry.ArchivePath;

    /// <summary>The length of that name in UTF-8.</summary>
    public static int NameLengthOf(SharedEntry entry)
    {
        var length = entry.IsFolder ? 1 : 0;
        for (; entry.Parent is { } parent; entry = parent)
            length += Encoding.UTF8.GetByteCount(entry.ArchiveName) + (parent.Parent is null ? 0 : 1);
        return length;
    }

    private static int TimeSize(SharedEntry entry) =>
        entry.LastModified.ToUnixTimeSeconds() is >= int.MinValue and <= int.MaxValue ? ZipRecords.TimeExtraSize : 0;

    private static uint DosTimeOf(DateTimeOffset time)
    {
        if (time.Year < 1980) return (1 << 21) | (1 << 16);
        if (time.Year > 2107) return (127u << 25) | (12 << 21) | (31 << 16) | (23 << 11) | (59 << 5) | 29;
        return ((uint)(time.Year - 1980) << 25) | ((uint)time.Month << 21) | ((uint)time.Day << 16)
            | ((uint)time.Hour << 11) | ((uint)time.Minute << 5) | ((uint)time.Second / 2);
    }
}
