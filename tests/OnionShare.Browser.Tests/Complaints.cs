using Microsoft.Playwright;
using Xunit;

namespace OnionShare.Browser.Tests;

/// <summary>What a browser has to say against a page: violations of the policy, script errors, failed requests, requests to other hosts.</summary>
internal sealed class Complaints
{
    // To Tor Browser an onion address is as good as https; Chromium, which sees http, says that it ignores this header.
    private const string OnlyInTorBrowser = "The Cross-Origin-Opener-Policy header has been ignored";

    private readonly List<string> _heard = [];
    private readonly string _origin;

    private Complaints(string origin) => _origin = origin;

    /// <summary>Listens to a page, from before it is opened.</summary>
    public static Complaints About(IPage page, string origin)
    {
        var complaints = new Complaints(origin);
        page.Console += (_, message) => complaints.Add(message.Type is "error" or "warning" && !message.Text.StartsWith(OnlyInTorBrowser, StringComparison.Ordinal), $"console: {message.Text} ({message.Location})");
        page.PageError += (_, error) => complaints.Add(true, $"script: {error}");
        page.Dialog += async (_, dialog) =>
        {
            complaints.Add(true, $"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.Request += (_, request) => complaints.Add(
            !request.Url.StartsWith(origin, StringComparison.Ordinal) && new Uri(request.Url).Scheme is not ("data" or "blob"), $"request: {request.Url}");
        return complaints;
    }

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<string> Heard
    {
        get { lock (_heard) return [.. _heard]; }
    }

    /// <summary>Fails if anything was heard, but for what the test means to happen.</summary>
    public void AssertNone(params string[] meant) =>
        Assert.Empty(Heard.Where(complaint => !meant.Any(part => complaint.Contains(part, StringComparison.Ordinal))).Select(text => text.Replace(_origin, "", StringComparison.Ordinal)));

    private void Add(bool isOne, string text)
    {
        if (!isOne) return;
        lock (_heard) _heard.Add(text);
    }
}
