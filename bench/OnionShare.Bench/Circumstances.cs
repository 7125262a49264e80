using System.Diagnostics;
using System.Globalization;

namespace OnionShare.Bench;

/// <summary>When and on what a section was measured: a figure says little without it.</summary>
internal sealed class Circumstances
{
    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow;
    private readonly string _load = Load();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public static Circumstances Begin() => new();

    /// <summary>The line for it.</summary>
    public string End(bool quick) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_began:yyyy-MM-dd HH:mm} UTC, {Commit()}, {Environment.ProcessorCount} cores ({Processor()}), load {_load} before and {Load()} at the end, {_clock.Elapsed.TotalSeconds:0} s{(quick ? ", quick" : "")}.");

    /// <summary>How many processes wanted to run, on average over the last minute (proc(5), loadavg).</summary>
    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", Workplace.RepositoryRoot, "describe", "--always", "--dirty"]) { RedirectStandardOutput = true })!;
            var name = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return name.Length > 0 ? "commit " + name : "no commit";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "no commit";
        }
    }
}
