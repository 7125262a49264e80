namespace OnionShare.Engine.Web;

/// <summary>A run of bytes of a representation.</summary>
/// <param name="Start">Its first byte, counted from 0.</param>
/// <param name="Count">How many bytes.</param>
public readonly record struct ByteRange(long Start, long Count)
{
    /// <summary>The first byte after it.</summary>
    public long End => Start + Count;
}

/// <summary>What a Range header asks of a representation.</summary>
public enum RangeOutcome
{
    /// <summary>The header is to be ignored: the whole is sent (RFC 9110 §14.2).</summary>
    Ignored,

    /// <summary>One run of bytes is to be sent with 206 (RFC 9110 §15.3.7).</summary>
    Partial,

    /// <summary>Nothing it asks for exists: 416 (RFC 9110 §15.5.17).</summary>
    Unsatisfiable,
}

/// <summary>Reads the Range header (RFC 9110 §14.1.1, §14.2). Costs O(length of the header), however hostile, and allocates nothing.</summary>
public static class RangeHeader
{
    /// <summary>A header with more ranges than this is ignored, as RFC 9110 §14.2 allows for what looks like an attack.</summary>
    public const int MaximumRanges = 16;

    /// <summary>A header with more characters than this is ignored.</summary>
    public const int MaximumLength = 1024;

    private const string Unit = "bytes=";

    /// <summary>
    /// Tells what <paramref name="header"/> asks of <paramref name="length"/> bytes. Several ranges are sent as one where they overlap or
    /// touch, and are ignored where they do not: a multipart answer would be the only other way. Positions beyond the range of
    /// <see cref="long"/> count as beyond the end.
    /// </summary>
    public static RangeOutcome Read(ReadOnlySpan<char> header, long length, out ByteRange range)
    {
        range = default;
        if (header.Length > MaximumLength || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)) return RangeOutcome.Ignored;

        Span<ByteRange> asked = stackalloc ByteRange[MaximumRanges];
        var satisfiable = 0;
        var specs = 0;
        var emptySuffix = false;
        var list = header[Unit.Length..];
        foreach (var part in list.Split(','))
        {
            var spec = list[part].Trim(" \t");
            if (spec.IsEmpty) continue; // RFC 9110 §5.6.1.2: empty list elements are passed over.
            if (++specs > MaximumRanges || !TryReadSpec(spec, length, out var one)) return RangeOutcome.Ignored;
            if (one.Count > 0) asked[satisfiable++] = one;
            else if (length == 0 && spec[0] == '-' && spec[1..].ContainsAnyExcept('0')) emptySuffix = true;
        }

        // The last n > 0 bytes of nothing are satisfiable (§14.1.2), but Content-Range can't express it.
        if (specs == 0 || emptySuffix) return RangeOutcome.Ignored;
        if (satisfiable == 0) return RangeOutcome.Unsatisfiable;
        return TryJoin(asked[..satisfiable], out range) ? RangeOutcome.Partial : RangeOutcome.Ignored;
    }

    /// <summary>Reads <c>first-last</c>, <c>first-</c> or <c>-count</c>; false when it is not one. A count of 0 = unsatisfiable.</summary>
    private static bool TryReadSpec(ReadOnlySpan<char> spec, long length, out ByteRange range)
    {
        range = default;
        var dash = spec.IndexOf('-');
        if (dash < 0) return false;
        var first = spec[..dash];
        var last = spec[(dash + 1)..];

        if (first.IsEmpty)
        {
            if (!TryReadPosition(last, out var count)) return false;
            count = Math.Min(count, length);
            range = new ByteRange(length - count, count);
            return true;
        }

        if (!TryReadPosition(first, out var start)) return false;
        var end = long.MaxValue;
        if (!last.IsEmpty && (!TryReadPosition(last, out end) || IsLess(last, first))) return false;
        if (start < length) range = new ByteRange(start, Math.Min(end, length - 1) - start + 1);
        return true;
    }

    private static bool TryReadPosition(ReadOnlySpan<char> digits, out long position)
    {
        position = 0;
        if (digits.IsEmpty) return false;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            position = position > (long.MaxValue - 9) / 10 ? long.MaxValue : position * 10 + (digit - '0');
        }

        return true;
    }

    /// <summary>Compares digits: both may be beyond the range of <see cref="long"/>.</summary>
    private static bool IsLess(ReadOnlySpan<char> digits, ReadOnlySpan<char> others)
    {
        digits = digits.TrimStart('0');
        others = others.TrimStart('0');
        return digits.Length != others.Length ? digits.Length < others.Length : digits.SequenceCompareTo(others) < 0;
    }

    private static bool TryJoin(Span<ByteRange> ranges, out ByteRange joined)
    {
        ranges.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        joined = ranges[0];
        foreach (var range in ranges[1..])
        {
            if (range.Start > joined.End) return false;
            joined = joined with { Count = Math.Max(joined.End, range.End) - joined.Start };
        }

        return true;
    }
}
