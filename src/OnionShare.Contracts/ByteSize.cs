using System.Globalization;

namespace OnionShare.Contracts;

public static class ByteSize
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>The size in the largest unit (IEC 80000-13, powers of 1024) it fills, with one decimal: <c>97.7 KiB</c>; below 1024: <c>12 B</c>.</summary>
    public static string Show(long bytes)
    {
        if (bytes < 1024) return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        double size = bytes;
        var unit = -1;
        while (size >= 1023.95 && unit < Units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }

    /// <summary>
    /// Reads a size as people type it: a number, with a fraction or not, and a unit or none. <c>KiB</c> or <c>K</c> are 1024 (IEC 80000-13),
    /// <c>KB</c> is 1000 (SI), and so on; case does not matter. False if it is none, negative, or more than a <see cref="long"/> holds.
    /// </summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        var trimmed = (text ?? "").Trim();
        var digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.')) digits++;
        if (!decimal.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || FactorOf(trimmed[digits..].Trim().ToUpperInvariant()) is not { } factor
            || number > long.MaxValue / factor)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return true;
    }

    private static decimal? FactorOf(string unit)
    {
        if (unit is "" or "B") return 1;
        var power = "KMGTPE".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        decimal? basis = unit[1..] switch { "" or "IB" => 1024, "B" => 1000, _ => null };
        if (power == 0 || basis is null) return null;
        var factor = 1m;
        for (var i = 0; i < power; i++) factor *= basis.Value;
        return factor;
    }
}
