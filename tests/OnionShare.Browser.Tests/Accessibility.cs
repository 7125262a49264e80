using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace OnionShare.Browser.Tests;

/// <summary>The automated accessibility check (axe-core).</summary>
internal static class Accessibility
{
    /// <summary>Fails on any finding axe-core calls serious or critical.</summary>
    public static async Task AssertAsync(IPage page)
    {
        // In the page itself. The way that is not obsolete opens a window more for each look, which takes longer than the look; it is for frames of other
        // origins, and these pages have none.
#pragma warning disable CS0618
        var result = await page.RunAxeLegacy(options: new AxeRunOptions { ResultTypes = [ResultType.Violations] }).WaitAsync(TimeSpan.FromMinutes(2));
#pragma warning restore CS0618
        var findings = result.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help} at {string.Join(", ", violation.Nodes.Select(node => node.Target))}");
        Assert.Empty(findings);
    }
}
