using System.Buffers;
using System.Security.Cryptography;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>
/// The SHA-256 of files as far as they are known, in memory only. A hash belongs to a file in one state (<see cref="FileStat"/>), so sharing it again
/// costs nothing and a file that changed has none. One file is read at a time, however many services there are.
/// </summary>
public sealed class ContentHashes
{
    /// <summary>Hashes remembered; beyond them the oldest is forgotten.</summary>
    public const int Most = 200_000;

    private const int BlockSize = 1 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Path, FileStat Stat), byte[]> _known = [];
    private readonly Queue<(string Path, FileStat Stat)> _order = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The hash of a file in that state; null while it is not known.</summary>
    public byte[]? Find(string path, in FileStat stat)
    {
        lock (_lock) return _known.GetValueOrDefault((path, stat));
    }

    /// <summary>The hash of a content that is no file of its own, by its entity tag.</summary>
    public byte[]? Find(string entityTag) => Find(entityTag, default);

    /// <summary>Reads a content from its start to its end.</summary>
    /// <param name="content">The content.</param>
    /// <param name="parts">The pieces of it that have a hash of their own, in their order and not overlapping: where each begins, its length, what to remember it by.</param>
    /// <param name="pause">Awaited before every MiB, so that whoever has something better to do with the disk goes first.</param>
    /// <param name="cancellationToken">Ends it; what is known by then stays.</param>
    /// <exception cref="ContentChangedException">It can't be read, or not as it was.</exception>
    public async Task ReadAsync(
        IContent content, IReadOnlyList<(long Start, long Length, string Path, FileStat Stat)> parts, Func<Task> pause, CancellationToken cancellationToken)
    {
        if (Find(content.EntityTag) is not null && parts.All(part => Find(part.Path, part.Stat) is not null)) return;
        await _turn.WaitAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var own = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using var reader = content.Open();
            var part = 0;
            for (long offset = 0; ;)
            {
                // A piece without bytes is over where it begins.
                while (part < parts.Count && offset == parts[part].Start + parts[part].Length)
                {
                    Keep(parts[part].Path, parts[part].Stat, own.GetHashAndReset());
                    part++;
                }

                if (offset >= content.Length) break;
                var end = part == parts.Count ? content.Length : offset < parts[part].Start ? parts[part].Start : parts[part].Start + parts[part].Length;
                await pause();
                var count = await reader.ReadAsync(offset, buffer.AsMemory(0, (int)Math.Min(BlockSize, end - offset)), cancellationToken);
                if (count == 0) throw new ContentChangedException($"The content ended at byte {offset}.");
                whole.AppendData(buffer, 0, count);
                if (part < parts.Count && offset >= parts[part].Start) own.AppendData(buffer, 0, count);
                offset += count;
            }

            Keep(content.EntityTag, default, whole.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _turn.Release();
        }
    }

    private void Keep(string path, in FileStat stat, byte[] hash)
    {
        lock (_lock)
        {
            if (!_known.TryAdd((path, stat), hash)) return;
            _order.Enqueue((path, stat));
            if (_order.Count > Most) _known.Remove(_order.Dequeue());
        }
    }
}
