using Microsoft.Playwright;
using Xunit;

namespace OnionShare.Browser.Tests;

/// <summary>The ways a page is looked at: each must hold everything, and pass the accessibility check.</summary>
internal static class Layout
{
    /// <summary>Looks at the page light and dark, on a desk and on a phone, and takes a picture of each.</summary>
    public static async Task AssertReadableAsync(IPage page, string name)
    {
        foreach (var (scheme, width, height, suffix) in new[]
        {
            (ColorScheme.Light, 1000, 640, "light"), (ColorScheme.Dark, 1000, 640, "dark"), (ColorScheme.Light, 360, 640, "phone"),
        })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, height);
            await page.Mouse.MoveAsync(0, 0); // nothing is pointed at
            foreach (var frame in page.Frames) await AssertNothingSticksOutAsync(frame);
            if (width > 360) await Accessibility.AssertAsync(page); // it tells of colours and markup, the same on a phone
            await Screenshots.TakeAsync(page, $"{name}-{suffix}");
        }
    }

    /// <summary>Fails when the page is wider than its window.</summary>
    public static Task AssertNothingSticksOutAsync(IPage page) => AssertNothingSticksOutAsync(page.MainFrame);

    private static async Task AssertNothingSticksOutAsync(IFrame frame) =>
        Assert.Equal(0, await frame.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
}
