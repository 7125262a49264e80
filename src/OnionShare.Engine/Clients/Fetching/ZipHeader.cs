using System.Buffers.Binary;
using System.Text;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>What an archive says of one entry in its local header (APPNOTE 4.3.7).</summary>
internal sealed record ZipHeader
{
    private const int Fixed = 26; // without the signature

    /// <summary>The name, raw, as text.</summary>
    public required string Name { get; init; }

    /// <summary>How it is compressed: 0 stored, 8 deflated (APPNOTE 4.4.5).</summary>
    public required int Method { get; init; }

    /// <summary>Its length in the archive.</summary>
    public required long Compressed { get; init; }

    public required long Length { get; init; }

    /// <summary>Its CRC, unless a descriptor follows.</summary>
    public required uint Crc { get; init; }

    /// <summary>Whether a descriptor follows its bytes (APPNOTE 4.3.9).</summary>
    public required bool HasDescriptor { get; init; }

    /// <summary>Whether sizes in the descriptor have 8 bytes.</summary>
    public required bool IsZip64 { get; init; }

    /// <summary>When it last changed; null when it does not say so in UTC.</summary>
    public DateTime? Modified { get; init; }

    public bool IsFolder => Name.EndsWith('/') || Name.EndsWith('\\');

    /// <summary>Reads one behind its signature.</summary>
    public static async ValueTask<ZipHeader> ReadAsync(ZipSource source, CancellationToken cancellationToken)
    {
        var head = (await source.TakeAsync(Fixed, cancellationToken)).ToArray();
        var flags = Short(head, 2);
        if ((flags & 1) != 0) throw ClientProblems.NotUnderstood("The archive is encrypted.");
        var (nameLength, extraLength) = (Short(head, 22), Short(head, 24));
        var name = (await source.TakeAsync(nameLength, cancellationToken)).ToArray();
        var extra = (await source.TakeAsync(extraLength, cancellationToken)).ToArray();
        long compressed = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(14)), length = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(18));
        var isZip64 = false;
        DateTime? modified = null;
        for (var at = 0; at + 4 <= extra.Length;)
        {
            var (kind, size) = (Short(extra, at), Short(extra, at + 2));
            at += 4;
            if (at + size > extra.Length) break;
            if (kind == 0x0001)
            {
                isZip64 = true;
                var place = at;
                if (length == uint.MaxValue && place + 8 <= at + size)
                {
                    length = BinaryPrimitives.ReadInt64LittleEndian(extra.AsSpan(place));
                    place += 8;
                }

                if (compressed == uint.MaxValue && place + 8 <= at + size) compressed = BinaryPrimitives.ReadInt64LittleEndian(extra.AsSpan(place));
            }
            else if (kind == 0x5455 && size >= 5 && (extra[at] & 1) != 0)
            {
                modified = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt32LittleEndian(extra.AsSpan(at + 1))).UtcDateTime;
            }

            at += size;
        }

        if (length < 0 || compressed < 0) throw ClientProblems.Damaged("The archive names sizes that can't be.");
        return new ZipHeader
        {
            Name = (flags & (1 << 11)) != 0 || IsUtf8(name) ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name),
            Method = Short(head, 4),
            Crc = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(10)),
            Compressed = compressed,
            Length = length,
            HasDescriptor = (flags & (1 << 3)) != 0,
            IsZip64 = isZip64,
            Modified = modified,
        };
    }

    /// <summary>Reads an entry of the archive's directory behind its signature (APPNOTE 4.3.12): its name, and its mode on unix, 0 when it has none.</summary>
    public static async ValueTask<(string Name, int Mode)> ReadCentralAsync(ZipSource source, CancellationToken cancellationToken)
    {
        var head = (await source.TakeAsync(42, cancellationToken)).ToArray();
        var name = (await source.TakeAsync(Short(head, 24), cancellationToken)).ToArray();
        await source.TakeAsync(Short(head, 26), cancellationToken);
        await source.TakeAsync(Short(head, 28), cancellationToken);
        var isUtf8 = (Short(head, 4) & (1 << 11)) != 0 || IsUtf8(name);
        return (isUtf8 ? Encoding.UTF8.GetString(name) : Encoding.Latin1.GetString(name), Short(head, 36));
    }

    private static int Short(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static bool IsUtf8(byte[] name) => System.Text.Unicode.Utf8.IsValid(name);
}
