using System.Diagnostics;
using Xunit;

namespace OnionShare.Engine.Tests.TorNetwork;

/// <summary>What is running, seen from outside the product.</summary>
internal static class RunningTors
{
    /// <summary>The command lines of running tors which name something below the folder.</summary>
    public static List<string> Below(string folder)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: looks into /proc, which only Linux has");
        var found = new List<string>();
        foreach (var process in Process.GetProcessesByName("tor").Concat(Process.GetProcessesByName("tor-gencert")))
        {
            using (process)
            {
                try
                {
                    var line = File.ReadAllText($"/proc/{process.Id}/cmdline");
                    if (line.Contains(folder, StringComparison.Ordinal)) found.Add(line);
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
