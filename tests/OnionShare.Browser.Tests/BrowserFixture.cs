using Microsoft.Playwright;
using OnionShare.Browser.Tests;
using OnionShare.Engine.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace OnionShare.Browser.Tests;

/// <summary>The installed Chromium, started once for all tests.</summary>
public sealed class BrowserFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>A new window with nothing in it; skips the test where there is no Chromium.</summary>
    public async Task<IBrowserContext> WindowAsync(BrowserNewContextOptions? options = null)
    {
        var program = Requires.Chromium();
        await _starting.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            Assertions.SetDefaultExpectTimeout(60_000);
            _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = program,
                // Nothing but what the test asks for is to be connected to. The sandbox needs privileges that a container lacks.
                Args =
                [
                    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
                ],
            });
        }
        finally
        {
            _starting.Release();
        }

        var window = await _browser.NewContextAsync(options);
        window.SetDefaultTimeout(60_000);
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _starting.Dispose();
    }
}
