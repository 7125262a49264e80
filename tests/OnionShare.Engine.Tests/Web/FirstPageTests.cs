using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>A browser that was given the password in a link ends up at the address without it; nothing else is sent anywhere.</summary>
public sealed class FirstPageTests : IAsyncLifetime
{
    private const string Browser = "Upgrade-Insecure-Requests: 1\r\n";

    private readonly LocalEngine _engine = new();
    private Visitor _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        _engine.Scratch.File("index.html", "<p>the site"u8.ToArray());
        _visitor = LocalEngine.Visit(await _engine.StartAsync(new WebsiteRequest { Paths = [_engine.Scratch.Files] }));
    }

    public async ValueTask DisposeAsync()
    {
        _visitor.Dispose();
        await _engine.DisposeAsync();
    }

    [Theory]
    [InlineData(Browser)]
    [InlineData("Sec-Fetch-Dest: document\r\n" + Browser)]
    public async Task A_page_a_browser_was_asked_the_password_for_is_sent_on_once_to_the_address_without_it(string headers)
    {
        var answers = await AskAsync("/?a=1", headers, "/?a=1", headers, "/?a=1", headers);
        Assert.Equal(["401", "302", "200"], answers.Select(StatusOf));
        Assert.Contains($"Location: http://{_visitor.Host}/?a=1\r\n", answers[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sec-Fetch-Dest: empty\r\n" + Browser)]
    [InlineData("Sec-Fetch-Dest: iframe\r\n" + Browser)]
    public async Task Programs_scripts_and_frames_get_what_they_asked_for(string headers) =>
        Assert.Equal(["401", "200"], (await AskAsync("/", headers, "/", headers)).Select(StatusOf));

    [Fact]
    public async Task Another_page_than_the_one_asked_for_is_not_sent_on() =>
        Assert.Equal(["401", "200"], (await AskAsync("/", Browser, "/index.html", Browser)).Select(StatusOf));

    [Fact]
    public async Task Who_proves_the_password_without_being_asked_is_not_sent_on() =>
        Assert.Equal(["200"], (await AnswersAsync(_visitor.Get("/", Browser + "Connection: close\r\n"))).Select(StatusOf));

    private static string StatusOf(string answer) => answer[..3];

    // All over one connection: the first without the password, the others with it.
    private Task<string[]> AskAsync(params string[] pathsAndHeaders)
    {
        var requests = $"GET {pathsAndHeaders[0]} HTTP/1.1\r\nHost: {_visitor.Host}\r\n{pathsAndHeaders[1]}\r\n";
        for (var i = 2; i < pathsAndHeaders.Length; i += 2)
            requests += _visitor.Get(pathsAndHeaders[i], pathsAndHeaders[i + 1] + (i + 2 == pathsAndHeaders.Length ? "Connection: close\r\n" : ""));
        return AnswersAsync(requests);
    }

    private async Task<string[]> AnswersAsync(string requests) =>
        (await _visitor.RawAsync(requests)).Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
}
