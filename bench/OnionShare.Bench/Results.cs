using System.Globalization;
using System.Text;

namespace OnionShare.Bench;

/// <summary>One row of a table of results.</summary>
internal sealed record Row(string Work, string Ours, string Peer, string Ratio);

/// <summary>Writes a table into its section of bench/RESULTS.md and onto the console.</summary>
internal sealed class Results(string repositoryRoot)
{
    /// <summary>The columns of most tables.</summary>
    public static IReadOnlyList<string> SideBySide { get; } = ["Work", "OnionShare for PowerShell", "Peer", "Ratio"];

    public void Write(string section, IReadOnlyList<Row> rows, IReadOnlyList<string> header, string circumstances)
    {
        var table = new StringBuilder();
        table.AppendLine($"| {string.Join(" | ", header)} |").AppendLine("|---|---|---|---|");
        foreach (var row in rows) table.AppendLine($"| {row.Work} | {row.Ours} | {row.Peer} | {row.Ratio} |");
        table.AppendLine().AppendLine(circumstances);
        Console.WriteLine(table);

        var path = Path.Combine(repositoryRoot, "bench", "RESULTS.md");
        var text = File.Exists(path) ? File.ReadAllText(path) : "# Results\n";
        var (start, end) = ($"<!-- {section} -->", $"<!-- /{section} -->");
        var body = $"{start}\n{table.ToString().ReplaceLineEndings("\n")}{end}";
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = text.IndexOf(end, StringComparison.Ordinal);
        text = from < 0 || to < 0 ? $"{text.TrimEnd()}\n\n## {section}\n\n{body}\n" : text[..from] + body + text[(to + end.Length)..];
        File.WriteAllText(path, text);
    }
}

/// <summary>Figures and how they are written.</summary>
internal static class Figures
{
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>
    /// How one compares with the other where both were measured in turn: the median of the ratios run by run, which a machine that gets slower or faster
    /// meanwhile disturbs least.
    /// </summary>
    public static double Over(this IReadOnlyList<double> ours, IReadOnlyList<double> theirs) => ours.Zip(theirs, (our, their) => our / their).Median();

    public static string Seconds(this double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00} s");

    public static string Milliseconds(this double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms");

    public static string Rate(this double bytesPerSecond) => string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / 1e6:#,0} MB/s");

    public static string Ratio(this double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00}");

    public static string Megabytes(this long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB");
}
