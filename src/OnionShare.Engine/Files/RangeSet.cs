namespace OnionShare.Engine.Files;

/// <summary>The parts of a file that are there: sorted, no two of them touching. Not safe for two callers at once.</summary>
internal sealed class RangeSet
{
    private readonly List<(long Start, long End)> _ranges = [];

    /// <summary>The ranges; ends are exclusive.</summary>
    public IReadOnlyList<(long Start, long End)> All => _ranges;

    public long Count => _ranges.Sum(range => range.End - range.Start);

    /// <summary>Up to where everything from 0 on is there.</summary>
    public long Frontier => _ranges is [{ Start: 0 } first, ..] ? first.End : 0;

    public void Add(long start, long end)
    {
        if (end <= start) return;
        var from = _ranges.FindIndex(known => known.End >= start);
        if (from < 0) from = _ranges.Count;
        var to = from;
        while (to < _ranges.Count && _ranges[to].Start <= end)
        {
            start = Math.Min(start, _ranges[to].Start);
            end = Math.Max(end, _ranges[to].End);
            to++;
        }

        _ranges.RemoveRange(from, to - from);
        _ranges.Insert(from, (start, end));
    }

    public IEnumerable<(long Start, long End)> Missing(long length)
    {
        long at = 0;
        foreach (var (start, end) in _ranges)
        {
            if (start > at) yield return (at, start);
            at = end;
        }

        if (at < length) yield return (at, length);
    }

    /// <summary>Forgets the smallest ranges, so that no more than that many are left.</summary>
    public void Trim(int most)
    {
        while (_ranges.Count > most) _ranges.Remove(_ranges.MinBy(range => range.End - range.Start));
    }

    public void Clear() => _ranges.Clear();
}
