using System.Diagnostics;
using Xunit;

namespace OnionShare.Engine.Tests;

/// <summary>Waits for what has no event of its own.</summary>
internal static class Until
{
    /// <summary>Waits until it is so; fails after the limit.</summary>
    public static async Task TrueAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < (limit ?? TimeSpan.FromSeconds(10)), "what the test waits for did not happen");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
