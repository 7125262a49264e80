namespace OnionShare.Engine.Files;

/// <summary>
/// The order people expect of names: <c>file 2</c> before <c>file 10</c>, whatever the case. The same on every system and in every culture, since
/// the bytes of an archive depend on it.
/// </summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static readonly NaturalOrder Instance = new();

    /// <summary>Compares two names; 0 only for the same.</summary>
    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        while (!a.IsEmpty && !b.IsEmpty)
        {
            var order = char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0])
                ? CompareNumbers(TakeNumber(ref a), TakeNumber(ref b))
                : char.ToUpperInvariant(Take(ref a)).CompareTo(char.ToUpperInvariant(Take(ref b)));
            if (order != 0) return order;
        }

        return a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(x, y);
    }

    // Of any length: without the zeros before them, the longer is the larger.
    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b) => a.Length != b.Length ? a.Length - b.Length : a.SequenceCompareTo(b);

    private static ReadOnlySpan<char> TakeNumber(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var number = end < 0 ? text : text[..end];
        text = text[number.Length..];
        return number.TrimStart('0');
    }

    private static char Take(ref ReadOnlySpan<char> text)
    {
        var first = text[0];
        text = text[1..];
        return first;
    }
}
