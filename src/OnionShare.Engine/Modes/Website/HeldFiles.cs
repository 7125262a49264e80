using System.Collections.Concurrent;
using Microsoft.Net.Http.Headers;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Modes.Website;

/// <summary>
/// The small files of a site that were asked for lately, by decoded path and by the codings the visitor takes. Before one is given out the
/// disk is looked at: a change shows at once. When it is full it starts anew, so hostile requests cost speed, not memory.
/// </summary>
internal sealed class HeldFiles
{
    public const int LargestFile = 256 * 1024;

    public const long Capacity = 32 * 1024 * 1024;

    private const int PriceOfOne = 1024;
    private const int Combinations = 4;

    private readonly ConcurrentDictionary<string, HeldFile>[] _byCodings =
        [.. Enumerable.Range(0, Combinations).Select(_ => new ConcurrentDictionary<string, HeldFile>(StringComparer.Ordinal))];

    private readonly ConcurrentDictionary<string, HeldFile>.AlternateLookup<ReadOnlySpan<char>>[] _lookups;
    private long _held;

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

/// <summary>A small file in memory, ready to be sent, with what must be unchanged on disk for it to be sent again.</summary>
internal sealed class HeldFile : IContent
{
    private string? _lastModified;

    /// <summary>Its bytes, encoded as <see cref="ContentEncoding"/> says.</summary>
    public required byte[] Bytes { get; init; }

    public required string FileName { get; init; }

    public required string ContentType { get; init; }

    public required string EntityTag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The coding its bytes are in; null for none.</summary>
    public required string? ContentEncoding { get; init; }

    /// <summary>Whether another Accept-Encoding could get another answer.</summary>
    public required bool Varies { get; init; }
    public required IReadOnlyList<SeenOnDisk> Sources { get; init; }

    public long Length => Bytes.Length;
    public string LastModifiedText => _lastModified ??= HeaderUtilities.FormatDate(LastModified);

    public bool IsCurrent()
    {
        for (var i = 0; i < Sources.Count; i++)
        {
            if (!Sources[i].IsUnchanged()) return false;
        }

        return true;
    }

    public IContentReader Open() => new BytesReader(Bytes);
}

/// <summary>A path as it was when it was looked at, links followed.</summary>
internal readonly record struct SeenOnDisk(string Path, FileFault Fault, FileStat Stat)
{
    // File systems note times in steps: up to 2 s on FAT, some milliseconds elsewhere. A change inside the step of the one before can't be seen.
    private static readonly TimeSpan CoarsestStep = TimeSpan.FromSeconds(3);

    public static SeenOnDisk At(string path)
    {
        var fault = NativeFiles.Current.TryStat(path, followLinks: true, out var stat);
        return new SeenOnDisk(path, fault, fault == FileFault.None ? stat : default);
    }

    public bool IsUnchanged()
    {
        var fault = NativeFiles.Current.TryStat(Path, followLinks: true, out var now);
        return fault == Fault && (fault != FileFault.None || now == Stat);
    }

    /// <summary>Whether every change from now on will show in the state.</summary>
    public bool ShowsChanges(DateTimeOffset now) =>
        Fault != FileFault.None || Math.Max(Stat.ModifiedTicks, Stat.ChangedTicks) < (now - CoarsestStep).UtcTicks;
}
