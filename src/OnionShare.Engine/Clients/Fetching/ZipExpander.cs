using System.IO.Hashing;
using System.Security.Cryptography;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.Zip.Compression;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>A file that came out of an archive.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Relative">Its path below the folder it was unpacked to.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">The SHA-256 of what was written.</param>
internal sealed record ExpandedFile(string Path, string Name, string Relative, long Length, byte[] Sha256);

/// <summary>
/// Unpacks a zip while it arrives, into a folder of its own. Checks each entry's CRC, refuses links, paths out of the folder and bombs, and compares what
/// came with the archive's own directory at the end. Without a folder it only checks.
/// </summary>
/// <param name="stream">The archive.</param>
/// <param name="folder">The folder; null to check only.</param>
/// <param name="include">Which entries to write, by their paths.</param>
/// <param name="most">The most bytes to write.</param>
internal sealed class ZipExpander(Stream stream, string? folder, Func<string, bool> include, long most)
{
    private const uint Local = 0x04034B50, Central = 0x02014B50, Descriptor = 0x08074B50, End = 0x06054B50, End64 = 0x06064B50;
    private const int MostEntries = 1_000_000;

    // Deflate can't do more than 1:1032; what comes near that for long is meant to fill the disk.
    private const long MostRatio = 250;
    private const long HarmlessLength = 64 << 20;
    private const int TypeMask = 0xF000, RegularFile = 0x8000, FolderType = 0x4000;

    private readonly ZipSource _source = new(stream);
    private readonly List<(string Name, string? Path)> _entries = [];
    private readonly List<ExpandedFile> _files = [];
    private readonly byte[] _block = new byte[128 * 1024];
    private long _written;

    /// <summary>Runs to the archive's end.</summary>
    /// <exception cref="ProblemException">It is damaged, or must not be taken.</exception>
    public async Task<IReadOnlyList<ExpandedFile>> RunAsync(CancellationToken cancellationToken)
    {
        var listed = 0;
        while (true)
        {
            switch (await _source.TakeNumberAsync(cancellationToken))
            {
                case Local when listed == 0:
                    if (_entries.Count == MostEntries) throw ClientProblems.Unsafe($"The archive has more than {MostEntries:N0} entries.");
                    await TakeEntryAsync(cancellationToken);
                    break;
                case Central:
                    Check(await ZipHeader.ReadCentralAsync(_source, cancellationToken), listed++);
                    break;
                case End or End64 when listed == _entries.Count:
                    while (await _source.FillAsync(cancellationToken)) _source.Skip(_source.AtHand.Length);
                    return _files;
                default:
                    throw ClientProblems.Damaged("The archive is damaged.");
            }
        }
    }

    private async Task TakeEntryAsync(CancellationToken cancellationToken)
    {
        var header = await ZipHeader.ReadAsync(_source, cancellationToken);
        var names = EntryPath.Names(header.Name.TrimEnd('/', '\\'));
        var relative = string.Join('/', names);
        if (header.IsFolder)
        {
            if (header.Compressed > 0) throw ClientProblems.Damaged("The archive has a folder with bytes.");
            if (folder is not null && include(relative)) CreateFolder(Path.Combine([folder, .. names]));
            _entries.Add((header.Name, null));
            return;
        }

        var path = folder is not null && include(relative) ? EntryPath.Free(Path.Combine([folder, .. names])) : null;
        await using (var file = path is null ? null : Create(path))
        {
            var (length, crc) = header.Method switch
            {
                0 => await CopyAsync(header, file, cancellationToken),
                8 => await InflateAsync(file, cancellationToken),
                _ => throw ClientProblems.NotUnderstood($"The archive is compressed in a way (method {header.Method}) that is not known."),
            };
            var promised = header.HasDescriptor ? await TakeDescriptorAsync(header, cancellationToken) : header.Crc;
            if (crc != promised || (!header.HasDescriptor && length != header.Length))
                throw ClientProblems.Damaged($"'{RemoteText.Show(relative)}' is damaged: its checksum is not the archive's.");
            if (path is not null) _files.Add(new ExpandedFile(path, relative, Path.GetRelativePath(folder!, path), length, file!.Hash()));
        }

        _entries.Add((header.Name, path));
        if (path is null) return;
        if (header.Modified is { } time) File.SetLastWriteTimeUtc(path, time);
        WebMark.Put(path);
    }

    private static NewFile Create(string path)
    {
        try
        {
            CreateFolder(Path.GetDirectoryName(path)!);
            return new NewFile(path);
        }
        catch (PathTooLongException)
        {
            throw TooLong();
        }
    }

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (PathTooLongException)
        {
            throw TooLong();
        }
        catch (IOException) when (Ancestors(path).Prepend(path).Any(File.Exists))
        {
            throw ClientProblems.Unsafe("The archive has a file and a folder of the same name.");
        }
    }

    private static ProblemException TooLong() => ClientProblems.Unsafe("The archive names a file whose path is too long for this computer.");

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above)) yield return above;
    }

    private async Task<(long Length, uint Crc)> CopyAsync(ZipHeader header, NewFile? file, CancellationToken cancellationToken)
    {
        if (header.Compressed != header.Length)
            throw ClientProblems.NotUnderstood("The archive does not say how long its files are.");
        var crc = new Crc32();
        for (var left = header.Length; left > 0;)
        {
            if (!await _source.FillAsync(cancellationToken)) throw ClientProblems.Damaged("The archive ends too early.");
            var piece = _source.AtHand[..(int)Math.Min(left, _source.AtHand.Length)];
            crc.Append(piece.Span);
            await WriteAsync(file, piece, cancellationToken);
            _source.Skip(piece.Length);
            left -= piece.Length;
        }

        return (header.Length, crc.GetCurrentHashAsUInt32());
    }

    private async Task<(long Length, uint Crc)> InflateAsync(NewFile? file, CancellationToken cancellationToken)
    {
        var inflater = new Inflater(noHeader: true);
        var (length, crc, began) = (0L, new Crc32(), _source.Consumed);
        try
        {
            while (!inflater.IsFinished)
            {
                if (!await _source.FillAsync(cancellationToken)) throw ClientProblems.Damaged("The archive ends too early.");
                var input = _source.AtHand.ToArray();
                inflater.SetInput(input);
                while (!inflater.IsFinished && !inflater.IsNeedingInput)
                {
                    var count = inflater.Inflate(_block);
                    if (count == 0 && inflater.IsNeedingDictionary) throw ClientProblems.Damaged("The archive is damaged.");
                    length += count;
                    if (length > HarmlessLength && length / MostRatio > _source.Consumed - began + input.Length)
                        throw ClientProblems.Unsafe("The archive unpacks to hundreds of times its size: it is made to fill the disk.");
                    crc.Append(_block.AsSpan(0, count));
                    await WriteAsync(file, _block.AsMemory(0, count), cancellationToken);
                }

                _source.Skip(input.Length - (inflater.IsFinished ? inflater.RemainingInput : 0));
            }
        }
        catch (Exception broken) when (broken is SharpZipBaseException or IndexOutOfRangeException) // the latter for tables of codes that can't be
        {
            throw ClientProblems.Damaged($"The archive is damaged: {RemoteText.Show(broken.Message)}");
        }

        return (length, crc.GetCurrentHashAsUInt32());
    }

    private async Task WriteAsync(NewFile? file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _written += bytes.Length;
        if (_written > most) throw ClientProblems.Unsafe($"The archive unpacks to more than {ByteSize.Show(most)}, which is all there is room for.");
        if (file is not null) await file.WriteAsync(bytes, cancellationToken);
    }

    private async ValueTask<uint> TakeDescriptorAsync(ZipHeader header, CancellationToken cancellationToken)
    {
        var first = await _source.TakeNumberAsync(cancellationToken);
        var crc = first == Descriptor ? await _source.TakeNumberAsync(cancellationToken) : first;
        await _source.TakeAsync(header.IsZip64 ? 16 : 8, cancellationToken);
        return crc;
    }

    private void Check((string Name, int Mode) listed, int index)
    {
        if (index >= _entries.Count || _entries[index].Name != listed.Name) throw ClientProblems.Unsafe("The archive's directory names other files than the archive has.");
        var type = listed.Mode & TypeMask;
        if (type is not (0 or RegularFile or FolderType)) throw ClientProblems.Unsafe($"The archive has a link or a device in it: '{RemoteText.Show(listed.Name)}'.");
        // Who may run it is taken over, and nothing that would let others write to it.
        if (_entries[index].Path is { } path && listed.Mode != 0 && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, ((UnixFileMode)(listed.Mode & 0x1FF) & ~(UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) | UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>A file that is hashed as it is written.</summary>
    private sealed class NewFile(string path) : IAsyncDisposable
    {
        private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, useAsync: true);
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _hash.AppendData(bytes.Span);
            return _file.WriteAsync(bytes, cancellationToken);
        }

        public byte[] Hash() => _hash.GetHashAndReset();

        public ValueTask DisposeAsync()
        {
            _hash.Dispose();
            return _file.DisposeAsync();
        }
    }
}
