using System.Globalization;

namespace OnionShare.Contracts;

/// <summary>Sizes as people read them.</summary>
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
}
