using System.Buffers;
using ICSharpCode.SharpZipLib.Core;
using ICSharpCode.SharpZipLib.Zip;
using OnionShare.Engine.Files;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Archive;

/// <summary>
/// Everything below a shared root as one zip file with deflated entries, made while it is sent and never held. Its length is not known
/// before its end, so it can't be resumed.
/// </summary>
public sealed class CompressedZip
{
    private const int BlockSize = 128 * 1024;

    // Deflate can make a file a little longer; one that is nearly too long for 32 bits gets 64 at once (APPNOTE 4.3.9.2).
    private const long NearlyLimit32 = 0xF0000000;

    private readonly SharedTree _tree;

    /// <exception cref="ProblemException">A path is longer than a zip can hold (<c>path-not-shareable</c>).</exception>
    public CompressedZip(SharedTree tree)
    {
        _tree = tree;
        FileName = new VirtualZip(tree).FileName;
    }

    public string FileName { get; }

    public string ContentType => "application/zip";

    /// <summary>Writes all of it, asynchronously only.</summary>
    /// <param name="destination">Where to; left open, not flushed.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="ContentChangedException">A file is no longer what it was; what has been written is no complete zip.</exception>
    public async Task WriteToAsync(Stream destination, CancellationToken cancellationToken)
    {
        var outbox = new Outbox();
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            // Not disposed of where something fails: that would finish the archive as if all were in it. It holds memory only.
            var zip = new ZipOutputStream(outbox) { IsStreamOwner = false, UseZip64 = UseZip64.Dynamic, NameTransform = new NamesAsTheyAre() };
            foreach (var entry in _tree.Root.Descendants())
            {
                cancellationToken.ThrowIfCancellationRequested();
                zip.PutNextEntry(EntryOf(entry));
                if (!entry.IsFolder) await WriteFileAsync(zip, outbox, entry, block, destination, cancellationToken);
                zip.CloseEntry();
                if (outbox.IsFull) await outbox.EmptyIntoAsync(destination, cancellationToken);
            }

            zip.Finish();
            await outbox.EmptyIntoAsync(destination, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private async Task WriteFileAsync(
        ZipOutputStream zip, Outbox outbox, SharedEntry entry, byte[] block, Stream destination, CancellationToken cancellationToken)
    {
        using var file = _tree.Roots.OpenAsSeen(entry.FullPath, entry.Stat);
        for (var offset = 0L; offset < entry.Length;)
        {
            var count = await file.ReadAsync(offset, block.AsMemory(0, BlockSize), cancellationToken);
            zip.Write(block, 0, count);
            offset += count;
            if (outbox.IsFull) await outbox.EmptyIntoAsync(destination, cancellationToken);
        }
    }

    private static ZipEntry EntryOf(SharedEntry entry)
    {
        const int unix = 3;
        var made = new ZipEntry(ZipItem.NameOf(entry))
        {
            CompressionMethod = entry.IsFolder || entry.Length == 0 ? CompressionMethod.Stored : CompressionMethod.Deflated,
            IsUnicodeText = true,
            HostSystem = unix,
            ExternalFileAttributes = (int)ZipItem.AttributesOf(entry),
            Size = entry.IsFolder ? 0 : entry.Length,
        };
        if (made.Size == 0) (made.Crc, made.CompressedSize) = (0, 0);
        if (made.Size >= NearlyLimit32) made.ForceZip64();

        var item = new ZipItem(entry, []);
        made.DosTime = item.DosTime;
        if (!item.HasTime) return made;
        using var extra = new ZipExtraData();
        extra.AddEntry(new ExtendedUnixData { ModificationTime = entry.LastModified.UtcDateTime });
        made.ExtraData = extra.GetEntryData();
        return made;
    }

    /// <summary>Keeps names, which may have backslashes in them on unix.</summary>
    private sealed class NamesAsTheyAre : INameTransform
    {
        public string TransformFile(string name) => name;

        public string TransformDirectory(string name) => name;
    }

    /// <summary>Takes what the compressor writes, until it is sent on: responses can't be written to synchronously.</summary>
    private sealed class Outbox : OneWayStream
    {
        private const int Enough = 64 * 1024;
        private readonly ArrayBufferWriter<byte> _held = new(2 * Enough);

        public bool IsFull => _held.WrittenCount >= Enough;

        public override bool CanWrite => true;

        public async ValueTask EmptyIntoAsync(Stream destination, CancellationToken cancellationToken)
        {
            await destination.WriteAsync(_held.WrittenMemory, cancellationToken);
            _held.ResetWrittenCount();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => _held.Write(buffer);
    }
}
