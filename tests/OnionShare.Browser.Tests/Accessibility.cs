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
        var result = await page.RunAxe().WaitAsync(TimeSpan.FromMinutes(2));
        var findings = result.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help} at {string.Join(", ", violation.Nodes.Select(node => node.Target))}");
        Assert.Empty(findings);
    }
}
