using Xunit;

namespace OnionShare.Engine.Tests;

/// <summary>What every test has at hand, in every file (a static using of the project).</summary>
internal static class ThisTest
{
    /// <summary>Is cancelled when the test is over, or out of its time.</summary>
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;
}
