using Microsoft.Playwright;

namespace OnionShare.Browser.Tests;

/// <summary>Somebody in the chat room, with a browser of their own.</summary>
internal sealed class ChatVisitor : IAsyncDisposable
{
    private readonly IBrowserContext _window;

    private ChatVisitor(IBrowserContext window, IPage page, bool scripts, string origin)
    {
        _window = window;
        Page = page;
        Complaints = Complaints.About(page, origin);
        if (scripts)
        {
            (Log, NameBox, TextBox, SendButton) =
                (page.GetByRole(AriaRole.Log), page.GetByLabel("Your name"), page.GetByLabel("Message", new() { Exact = true }), page.GetByRole(AriaRole.Button, new() { Name = "Send" }));
        }
        else
        {
            // Without scripts the conversation and the form are in frames.
            var (messages, form) = (page.FrameLocator("iframe[name=messages]"), Form);
            (Log, NameBox, TextBox, SendButton) =
                (messages.GetByRole(AriaRole.Log), form.GetByLabel("Your name"), form.GetByLabel("Message", new() { Exact = true }), form.GetByRole(AriaRole.Button, new() { Name = "Send" }));
        }
    }

    /// <summary>Their page.</summary>
    public IPage Page { get; }

    /// <summary>What their browser has against it.</summary>
    public Complaints Complaints { get; }

    /// <summary>The conversation they see.</summary>
    public ILocator Log { get; }

    /// <summary>The field their name is in.</summary>
    public ILocator NameBox { get; }

    /// <summary>The field for a message.</summary>
    public ILocator TextBox { get; }

    private ILocator SendButton { get; }

    private IFrameLocator Form => Page.FrameLocator("iframe[name=write]");

    /// <summary>Comes into the room.</summary>
    /// <param name="browser">The browser.</param>
    /// <param name="chat">The room's service.</param>
    /// <param name="circuit">The way there, to an onion address.</param>
    /// <param name="scripts">Whether scripts are allowed.</param>
    /// <param name="width">The window's, in pixels.</param>
    /// <param name="plain">Whether to ask for the page without scripts, though they are allowed.</param>
    public static async Task<ChatVisitor> ComeAsync(
        BrowserFixture browser, RunningService chat, Circuit? circuit = null, bool scripts = true, int width = 1000, bool plain = false)
    {
        var window = await browser.WindowAsync(new()
        {
            HttpCredentials = chat.Credentials,
            JavaScriptEnabled = scripts,
            Proxy = circuit?.Proxy,
            ViewportSize = new() { Width = width, Height = 640 },
        });
        var page = await window.NewPageAsync();
        var visitor = new ChatVisitor(window, page, scripts && !plain, chat.Address);
        // Without scripts the conversation goes on loading for as long as one is there.
        await page.GotoAsync(chat.Address + (plain ? "/plain" : "/"), new() { WaitUntil = WaitUntilState.Commit });
        await visitor.SeesAsync("You are ");
        return visitor;
    }

    /// <summary>The name the room knows them by, as their page shows it.</summary>
    public async Task<string> NameAsync()
    {
        // The form without scripts may have been there before its seat was taken; then it shows the name when it is asked again.
        if (await NameBox.InputValueAsync() == "") await Form.GetByText("Who is here?").ClickAsync();
        await Assertions.Expect(NameBox).Not.ToHaveValueAsync("");
        return await NameBox.InputValueAsync();
    }

    /// <summary>Waits until their page shows that.</summary>
    public Task SeesAsync(string text) => Assertions.Expect(Log).ToContainTextAsync(text);

    /// <summary>Writes a message and sends it.</summary>
    public async Task SayAsync(string text)
    {
        await TextBox.FillAsync(text);
        await SendButton.ClickAsync();
        await Assertions.Expect(TextBox).ToHaveValueAsync("");
    }

    /// <summary>Types another name and presses Enter, as a keyboard does.</summary>
    public async Task RenameAsync(string name)
    {
        await NameBox.FillAsync(name);
        await NameBox.PressAsync("Enter");
        await SeesAsync($" is now {name}.");
    }

    /// <summary>What was said, without the names, oldest first.</summary>
    public Task<IReadOnlyList<string>> WordsAsync() => Log.Locator(".words").AllInnerTextsAsync();

    public ValueTask DisposeAsync() => _window.DisposeAsync();
}
