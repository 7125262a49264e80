using System.Diagnostics;
using Xunit;

namespace OnionShare.Engine.Tests.TorNetwork;

/// <summary>What is running, seen from outside the product.</summary>
internal static class RunningTors
{
    /// <summary>The command lines of running tors which name something below the folder.</summary>
    public static List<string> Below(string folder) => [.. Find(folder).Select(found => found.Line)];

    /// <summary>The process of the one tor that names something below the folder.</summary>
    public static int IdBelow(string folder) => Find(folder).Single().Id;

    private static List<(int Id, string Line)> Find(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: looks into /proc, which only Linux has");
        var found = new List<(int Id, string Line)>();
        foreach (var process in Process.GetProcessesByName("tor").Concat(Process.GetProcessesByName("tor-gencert")))
        {
            using (process)
            {
                try
                {
                    var line = File.ReadAllText($"/proc/{process.Id}/cmdline");
                    if (line.Contains(folder, StringComparison.Ordinal)) found.Add((process.Id, line));
                }
                catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
                {
                    // It ended between listing and looking, and so is not running.
                }
            }
        }

        return found;
    }
}
