using System.Net;
using System.Text.RegularExpressions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Web.Languages;

/// <summary>Which language a page is in, and how the one that was chosen goes on from page to page.</summary>
public sealed partial class PageLanguageTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(null, "de-CH, en;q=0.5", "/", "de")]
    [InlineData(null, "en-US,en;q=0.5", "/", "en")]
    [InlineData("de", "en-US,en;q=0.5", "/", "de")]
    [InlineData("DE", null, "/", "de")]
    [InlineData("de", "de", "/?lang=en", "en")]
    [InlineData(null, "de", "/?lang=xx", "de")]
    [InlineData(null, null, "/nothing?lang=de", "de")]
    [InlineData("fa", "de", "/", "fa")]
    [InlineData("fa", "de", "/?lang=zh-hant", "zh-Hant")]
    public async Task The_switch_goes_before_the_operator_who_goes_before_the_browser(string? operators, string? browsers, string path, string expected)
    {
        await using var engine = new LocalEngine();
        engine.Scratch.File("a.txt", 1);
        var service = await engine.StartAsync(new ShareRequest { Paths = [engine.Scratch.Files], Language = operators });
        using var visitor = LocalEngine.Visit(service);
        using var answer = await (browsers is null ? visitor.GetAsync(path) : visitor.GetAsync(path, ("Accept-Language", browsers)));
        Assert.Equal(expected, answer.Content.Headers.ContentLanguage.Single());
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        Assert.Contains($"<html lang=\"{expected}\" dir=\"{(expected is "fa" ? "rtl" : "ltr")}\">", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_language_chosen_goes_on_through_every_link_and_form_and_no_other_does()
    {
        await using var engine = new LocalEngine();
        for (var n = 0; n < 1200; n++) engine.Scratch.File($"folder/{n}.txt", 1);
        (ServiceRequest Request, string[] Pages)[] services =
        [
            (new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true }, ["/", "/files/folder/", "/files/folder/?q=1&page=1"]),
            (new WebsiteRequest { Paths = [engine.Scratch.Files] }, ["/", "/folder/", "/folder/?q=1"]),
            (new ReceiveRequest { Path = engine.Scratch.At("inbox") }, ["/"]),
            (new ChatRequest(), ["/", "/plain", "/plain/write?seat=1"]),
        ];
        foreach (var (request, pages) in services)
        {
            var service = await engine.StartAsync(request);
            using var visitor = LocalEngine.Visit(service);
            foreach (var page in pages)
            {
                var plain = await visitor.Client.GetStringAsync(page, Cancel);
                Assert.DoesNotContain("lang=", Addresses(plain));
                using var answer = await visitor.GetAsync(page + (page.Contains('?') ? "&" : "?") + "lang=de");
                var chosen = await answer.Content.ReadAsStringAsync(Cancel);
                foreach (var address in Addresses(chosen).Split('\n').Where(address => IsPage(address, request)))
                    Assert.Contains("lang=de", address, StringComparison.Ordinal);
                // A form sent by GET replaces what its address asks for, and has it as a field.
                Assert.All(GetForms.Matches(chosen), form => Assert.Contains("name=\"lang\"", form.Value, StringComparison.Ordinal));
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_redirect_keeps_the_language_chosen()
    {
        await using var engine = new LocalEngine();
        engine.Scratch.File("folder/a.txt", 1);
        var site = await engine.StartAsync(new WebsiteRequest { Paths = [engine.Scratch.Files] });
        using var visitor = LocalEngine.Visit(site);
        Assert.Contains("\r\nLocation: /folder/?lang=de\r\n", await visitor.RawAsync(visitor.Get("/folder?lang=de", "Connection: close\r\n")), StringComparison.Ordinal);
        var inbox = await engine.StartAsync(new ReceiveRequest { Path = engine.Scratch.At("inbox") });
        using var sender = LocalEngine.Visit(inbox);
        Assert.Contains("\r\nLocation: /?lang=de\r\n", await sender.RawAsync(sender.Get("/upload?lang=de", "Connection: close\r\n")), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_became_of_a_form_is_told_in_the_language_it_was_sent_in()
    {
        await using var engine = new LocalEngine();
        var inbox = await engine.StartAsync(new ReceiveRequest { Path = engine.Scratch.At("inbox") });
        using var visitor = LocalEngine.Visit(inbox);
        using var message = new FormUrlEncodedContent([new("text", "Hallo")]);
        using var taken = await visitor.Client.PostAsync("/upload?lang=de", message, Cancel);
        Assert.Contains("Ihre Nachricht ist angekommen.", WebUtility.HtmlDecode(await taken.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);
        using var nothing = new FormUrlEncodedContent([]);
        using var refused = await visitor.Client.PostAsync("/upload?lang=de", nothing, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Es wurde nichts gesendet.", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);
        using var none = new FormUrlEncodedContent([]);
        using var script = await visitor.Client.PostAsync("/upload-ajax?lang=de", none, Cancel);
        Assert.Contains("Es wurde nichts gesendet. W", await script.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_has_not_passed_the_gate_is_told_so_in_their_language()
    {
        await using var engine = new LocalEngine();
        var chat = await engine.StartAsync(new ChatRequest());
        using var client = new HttpClient { BaseAddress = new Uri($"http://{chat.Status.Address}") };
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/");
        asked.Headers.AcceptLanguage.ParseAdd("de");
        using var answer = await client.SendAsync(asked, Cancel);
        Assert.Equal((HttpStatusCode.Unauthorized, "de"), (answer.StatusCode, answer.Content.Headers.ContentLanguage.Single()));
        Assert.Contains("Dieser Dienst verlangt ein Passwort.", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_language_there_are_no_pages_in_is_refused_with_those_there_are()
    {
        await using var engine = new LocalEngine();
        var problem = await Assert.ThrowsAsync<ProblemException>(() => engine.StartAsync(new ChatRequest { Language = "tlh" }));
        Assert.Equal("There are no pages in the language 'tlh'.", problem.Problem.Detail);
        Assert.Contains("de, en, es, fa,", problem.Problem.Advice, StringComparison.Ordinal);
    }

    // The pages among the addresses: not assets, which lie below a folder of 32 digits, and not a site's own files.
    private static bool IsPage(string address, ServiceRequest request) =>
        address.StartsWith('/') && !Asset.IsMatch(address) && !(request is WebsiteRequest && !address.EndsWith('/') && !address.Contains('?'))
        || (address.StartsWith('?') && address.Length > 1);

    private static string Addresses(string html) =>
        string.Join('\n', Linked.Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)));

    [GeneratedRegex("(?:href|src|(?<=method=\"post\" )action|(?<=id=\"send\" )action)=\"([^\"]*)\"")]
    private static partial Regex Linked { get; }

    [GeneratedRegex("<form[^>]*method=\"get\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex GetForms { get; }

    [GeneratedRegex("^/[0-9a-f]{32}/")]
    private static partial Regex Asset { get; }
}
