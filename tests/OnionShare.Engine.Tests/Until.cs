using System.Diagnostics;
using Xunit;

namespace OnionShare.Engine.Tests;

/// <summary>Waits for what has no event of its own.</summary>
internal static class Until
{
    /// <summary>
    /// Longer than anything takes on a machine that is busy with other things too: only a test that fails waits it out. Who wants tests to fail
    /// (tests/mutants) may have less patience.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("ONIONSHARE_TEST_PATIENCE"), out var seconds) ? seconds : 60);

    /// <summary>Waits until it is so; fails after the limit.</summary>
    public static async Task TrueAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < (limit ?? Limit), "what the test waits for did not happen");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
