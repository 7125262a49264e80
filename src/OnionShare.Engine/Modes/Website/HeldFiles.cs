using System.Collections.Concurrent;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>
/// The small files of a site that were asked for lately, by decoded path and by the codings the visitor takes. Before one is given out the
/// disk is looked at: a change shows at once. When it is full it starts anew, so hostile requests cost speed, not memory.
/// </summary>
internal sealed class HeldFiles
{
    public const int LargestFile = 256 * 1024;

    /// <summary>Bytes held in all.</summary>
    public const long Capacity = 32 * 1024 * 1024;

    private const int PriceOfOne = 1024;
    private const int Combinations = 4;

    private readonly ConcurrentDictionary<string, HeldFile>[] _byCodings =
        [.. Enumerable.Range(0, Combinations).Select(_ => new ConcurrentDictionary<string, HeldFile>(StringComparer.Ordinal))];

    private readonly ConcurrentDictionary<string, HeldFile>.AlternateLookup<ReadOnlySpan<char>>[] _lookups;
    private long _held;

    /// <summary>Holds nothing yet.</summary>
    public HeldFiles() => _lookups = [.. _byCodings.Select(files => files.GetAlternateLookup<ReadOnlySpan<char>>())];

    /// <summary>The answer for a path, if it is held and the disk has not changed; else null.</summary>
    public HeldFile? Find(ReadOnlySpan<char> path, ContentCodings accepted) =>
        _lookups[(int)accepted].TryGetValue(path, out var file) && file.IsCurrent() ? file : null;

    public void Add(string path, ContentCodings accepted, HeldFile file)
    {
        var price = file.Bytes.Length + (path.Length * 4) + PriceOfOne;
        if (Interlocked.Add(ref _held, price) > Capacity)
        {
            foreach (var files in _byCodings) files.Clear();
            Interlocked.Exchange(ref _held, price);
        }

        _byCodings[(int)accepted][path] = file; // one that is replaced counts on until the next start anew
    }
}
