using Microsoft.Playwright;

namespace OnionShare.Browser.Tests;

/// <summary>Pictures for the README, taken when ONIONSHARE_SCREENSHOTS names the folder to put them into (docs/screenshots).</summary>
internal static class Screenshots
{
    /// <summary>Takes one.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("ONIONSHARE_SCREENSHOTS") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        await page.EvaluateAsync("document.activeElement?.blur()");
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(folder, $"{name}.png"),
            FullPage = true,
            Animations = ScreenshotAnimations.Disabled,
        });
    }
}
